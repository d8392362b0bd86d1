# Policy aide: measures that are no law
aide-measure-cost = Give the cost in won.
aide-measure-preparation = Give 0 to 240 months of preparation.
aide-measure-range = Give low, middle and high, the smallest first.
aide-measure-source = Say where the effect comes from. Nothing is worked out without a source.
aide-measure-source-is = Source of the effect: { $source }
aide-measure-source-register = Homes of the register, summed in a grid
aide-measure-because = Preparation takes { $months } months.
aide-measure-averted = Harm averted in a year
aide-measure-reached = Persons who newly receive
aide-measure-within-reach = Persons newly within reach
aide-measure-out-of-reach = Persons no longer within reach
aide-measure-waiting = Average wait (minutes)

aide-visits-stops = Give 1 to { $most } places to visit.
aide-visits-stop = { $name }: risk is 0 or more, a visit takes at least a minute, and the least number of visits is not above the most.
aide-visits-too-little = What is visited in any case takes { $needed } minutes. Give more time, or lower the least number of visits.
aide-visits-minutes = Give the time there is, in minutes.
aide-visits-plan = { $visits } visits to { $stops } places avert { $mid } ({ $low } to { $high }) of harm in a year.
aide-visits-best = No other plan averts more in that time.
aide-visits-nearly = A better plan could avert { $most } at most.
aide-visits-left-out = Places that are not visited at all: { $count }.
aide-visits-assumes-shape = Each further visit to a place helps less than the one before.
aide-visits-assumes-no-moving = Risk does not move to other places.
aide-visits-assumes-risk = Places that are looked at often may be known as riskier for that alone; so some visits are kept for all.

aide-campaign-persons = Give how many do not receive it, 0 or more.
aide-campaign-won = Give what each would receive in a year, 0 to 1,000,000,000 won.
aide-campaign-gains = Of { $of } who are entitled and do not receive it, { $mid } ({ $low } to { $high }) begin to.
aide-campaign-pays = They receive { $mid } won a year ({ $low } to { $high }).
aide-campaign-budget = Payments rise by { $won } won a year.
aide-campaign-more-questions = Questions at the counter, and applications that are refused, rise too.
aide-campaign-assumes-gap = Those who do not receive it are counted by the rules from the register of now.
aide-campaign-assumes-amount = Those who begin to receive it receive the average.

aide-facility-nobody = Nobody lives in the grid.
aide-facility-sites = Give 1 to { $most } candidate sites.
aide-facility-reach = Give a reach of 1 to 100,000 metres.
aide-facility-none-open = No site is open.
aide-facility-add = Say how many to add, at least 1.
aide-facility-too-many = Only { $free } candidate sites are free.
aide-facility-chosen = At { $names }, { $gained } more live within { $reach } metres: { $covered } of { $persons }.
aide-facility-worst = The farthest is still { $district }. The average of all is { $mean } metres.
aide-facility-best = All choices were tried; none is better.
aide-facility-nearly = Not all choices were tried; no single exchange makes it better.
aide-facility-moves-demand = Some who use what is there now will move over.
aide-facility-assumes-straight = Distances are straight lines. Streets, hills and buses are not looked at.
aide-facility-assumes-grid = Homes are summed in a grid of about 550 metres; cells of fewer than five are put together by district. { $left_out } persons are left out as too few.
aide-facility-assumes-capacity = Sites are never full.

aide-closure-not-open = Choose a site that is open now.
aide-closure-last = It is the last one: nothing would be left.
aide-closure-takes = Closing { $name } leaves { $lost } no longer within { $reach } metres; the average goes from { $before } to { $after } metres.
aide-closure-farther = { $district } is { $metres } metres farther on average.
aide-closure-crowding = What is left becomes more crowded.

aide-staffing-minutes = Give the time of a case, above 0.
aide-staffing-hands = Give 1 to { $most } counters.
aide-staffing-waits = From { $now_hands } to { $then_hands } counters, an average wait of { $now } minutes becomes { $mid } ({ $low } to { $high }).
aide-staffing-endless = Where more come than can be served, the queue grows without end (∞).
aide-staffing-busy = Counters are busy { $percent } % of the time. Above 85 %, one crowded day delays much.
aide-staffing-assumes-queue = The queue M/M/c (Erlang 1917, Kleinrock 1975): people come one by one, cases vary, and there is one line.
aide-staffing-assumes-day = People come evenly over the day: lunch and Mondays are not looked at.
