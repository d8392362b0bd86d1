# Policy aide: the effect of past policies
aide-kind-evidence = What a past policy did
aide-kind-evidence-about = Paste a table of places with and without the policy; three methods compare them. A method that cannot describe the time before gives no answer.
aide-evidence-measure = Which policy?
aide-evidence-measure-hint = For example: home visits from 2021
aide-evidence-outcome = What do the figures count?
aide-evidence-outcome-hint = With the unit, for example: arrears (%)
aide-evidence-source = Where the figures come from
aide-evidence-source-hint = Name the statistics and the day. It is shown with the result as you write it.
aide-evidence-better = Which is better?
aide-evidence-lower = Lower is better
aide-evidence-lower-hint = Poverty, waiting time, accidents
aide-evidence-higher = Higher is better
aide-evidence-higher-hint = Take-up, employment, satisfaction
aide-evidence-csv = Table (CSV)
aide-evidence-csv-hint = Names of columns in the first line, then one line for each place and time, separated by commas, semicolons or tabs. Every place needs every time. Do not paste data of single people.
aide-evidence-columns = Names of columns
aide-evidence-column-unit = Column of places
aide-evidence-column-time = Column of times
aide-evidence-column-outcome = Column of figures
aide-evidence-column-treated = Column of the policy
aide-evidence-column-treated-hint = 1 from the time on at which the policy is in place, 0 otherwise
aide-say-this = Please fill this in.
aide-shorten = Please keep to { $most } characters.

aide-panel-empty = The table is empty. Paste it with the first line that names the columns.
aide-panel-too-long = The table is too long (up to { $most } kB). Keep the columns and times that are needed.
aide-panel-too-large = { $units } places × { $times } times are too many; up to { $most } figures are worked out. Keep similar places, or put times together.
aide-panel-unreadable = Line { $line } cannot be read. See whether its quotation marks are in pairs.
aide-panel-no-column = There is no column “{ $name }”. The first line has { $found }. Please correct the name.
aide-panel-column-twice = The column “{ $name }” is named twice. Places, times, figures and policy need columns of their own.
aide-panel-no-rows = No line follows the names of columns. Write one for each place and time.
aide-panel-width = Line { $line } has { $found } cells, the first line { $wanted }. Mend the separator that is missing or too many.
aide-panel-no-unit = Line { $line } names no place. Please name it.
aide-panel-no-time = Line { $line } has no time. Please write the year or month.
aide-panel-no-outcome = Line { $line } has no figure. Leave out places of which a figure is not known.
aide-panel-no-number = “{ $found }” in line { $line } is no number. Write it without the unit, such as 12.5.
aide-panel-no-yes = “{ $found }” in line { $line } does not say whether the policy is in place. Write 1 or 0.
aide-panel-times = Line { $line }: times are written as “{ $one }” and as “{ $other }”. Write all alike, such as 2024 or 2024-03.
aide-panel-twice = Line { $line }: { $unit } at { $time } stands in line { $first } already. Keep one of them.
aide-panel-missing = { $unit } has no line for { $time } (lines missing in all: { $count }). Fill them in or leave the place out.
aide-panel-always = { $unit } has the policy from the start, so there is nothing before to compare. Begin the table earlier or leave the place out.
aide-panel-ended = Line { $line }: { $unit } had the policy and stopped at { $time }. Give only the times before it stopped.
aide-panel-staggered = { $unit } began at { $time }, { $other } at { $other_time }. Ask about places with one start at a time.
aide-panel-nobody = No line has 1 in the column of the policy. Write 1 where and when the policy is in place.
aide-panel-everybody = Every place has the policy. Places without it are needed for comparison.

aide-way-differences = Difference-in-differences
aide-way-synthetic = Synthetic control
aide-way-synthetic-differences = Synthetic difference-in-differences
aide-way-about = All three build “without the policy” from places that did not have it: the first from all alike, the second from those that were similar before, the third by weighing both places and times.

aide-evidence-clear = All { $told } methods that may answer agree: with the policy, { $outcome } went { $direction ->
    [down] down
   *[up] up
} by { $least } to { $most } on average against what would have been, and chance is an unlikely reason. { $good ->
    [yes] That is the direction hoped for.
   *[no] That is against the direction hoped for.
}
aide-evidence-only-one = Only one method may answer. By it, { $outcome } went { $direction ->
    [down] down
   *[up] up
} by { $most } on average, and chance is an unlikely reason ({ $good ->
    [yes] the direction hoped for
   *[no] against the direction hoped for
}). Take it as a hint.
aide-evidence-uncertain = No effect can be claimed: of { $told } methods that answer, { $clear } can tell it from chance. That does not mean that there is none.
aide-evidence-split = The methods disagree about the direction. Do not claim an effect from this table.
aide-evidence-refused = No method describes the time before the policy well enough, so no effect is told. More similar places or a longer time before are needed.
aide-evidence-some-refused = Methods that refuse to answer: { $count }. The reasons stand below.
aide-evidence-few-placebos = There are only { $count } placebo tests, so that chance cannot be put below { $least } %.
aide-evidence-moved-before = Take care: pretending that the policy began at { $time } also finds an “effect” of { $effect }. Something moved before the policy did.
aide-evidence-still-before = Pretending an earlier start finds nothing, as it should.
aide-evidence-no-backdating = There are too few times before to pretend an earlier start.
aide-evidence-one-control = { $percent } % of a comparison rests on { $unit } alone. See that nothing else happened there.

aide-refused-controls = Only { $found } places are without the policy; { $needed } are needed.
aide-refused-before = Only { $found } times lie before the policy; { $needed } are needed.
aide-refused-fit = It misses by { $misses } before the policy already: { $ratio } times what places move anyway, and at most { $allowed } times is accepted.
aide-refused-placebos = Only { $found } placebo tests are possible; { $needed } are needed. Add places without the policy.
aide-refused-weights = The weights cannot be settled. Leave out places that are copies of each other or far from all others.

aide-evidence-assumes-source = The figures are the asker's. Source: { $source }
aide-evidence-assumes-nothing-else = Nothing else began at { $time } in the places with the policy alone. If it did, its share is told as the policy's.
aide-evidence-assumes-no-spill = The policy does not spill over into other places.
aide-evidence-assumes-not-awaited = Nobody changed what they do before the policy because they knew of it.
aide-evidence-assumes-alike = Intervals and probabilities come from pretending that the { $count } places without the policy had it. Places with it are taken to vary as much.
aide-evidence-assumes-refusal = No answer is given where the miss before is larger than usual movement, or where fewer than five places or times are there to compare with.
aide-evidence-assumes-methods = Methods: difference-in-differences; synthetic control (Abadie, Diamond, Hainmueller 2010); synthetic difference-in-differences (Arkhangelsky et al. 2021). Up to 200 placebo tests; where there are more, they are drawn by a fixed seed.

aide-verdict-clear = An effect can be seen
aide-verdict-only-one = There is a hint
aide-verdict-uncertain = It cannot be said
aide-verdict-split = Methods disagree
aide-verdict-refused = No answer
aide-evidence-effect = Effect
aide-evidence-interval = 95 % interval
aide-evidence-p = Probability by chance
aide-evidence-p-ratio = The same by the miss after and before
aide-evidence-placebos = Placebo tests
aide-evidence-misses = Miss before
aide-evidence-ratio = Times the usual movement
aide-evidence-backdated = Earlier start pretended
aide-evidence-way = Method
aide-evidence-why-not = Why it refuses
aide-evidence-told = Answers
aide-evidence-courses = What was, and what would have been
aide-evidence-courses-about = The full line is the mean of places with the policy; the broken lines are what each method says without it. The policy is there from the upright line on.
aide-evidence-was = As it was
aide-evidence-begins = Policy
aide-evidence-spans = Effect by method with its 95 % interval
aide-evidence-spans-about = Points are effects, level lines their 95 % intervals. One that meets the upright line at 0 cannot be told from chance.
aide-evidence-weights = Places compared with, and their weights
aide-evidence-unit = Place
aide-evidence-weight = Weight
aide-evidence-time = Time
aide-evidence-time-weights = Times before, and their weights
aide-evidence-question = What was asked
aide-evidence-treated = Places with the policy
aide-evidence-controls = Places without it
aide-evidence-count = { $count }
aide-evidence-began = Began
aide-evidence-before = Times before
aide-evidence-times = { $count }
aide-evidence-all-of = all { $count }
aide-evidence-some-of = { $count } drawn
aide-evidence-pick = Choose a file
aide-evidence-name-unit = place
aide-evidence-name-time = time
aide-evidence-name-outcome = value
aide-evidence-name-treated = policy
aide-evidence-low = Low end of 95 %
aide-evidence-high = High end of 95 %
