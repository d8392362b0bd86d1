//! Everything that residents and officials do, by keyboard alone, with scripts and without.

use std::collections::{BTreeMap, BTreeSet};

use base::ids::{BirthId, CaseId};
use jiff::civil::date;
use testkit::Window;
use web::Scope;
use wise::areas::benefits::actions::read;
use wise::areas::benefits::model::{Offer, OfferState};
use wise::areas::benefits::vouchers;
use wise::blocks::cases::{self, CaseState};
use wise::blocks::notices::{self, Channel, Contact, NewNotice, Outcome};
use wise::blocks::people;

use crate::aide::{finished, settle, talk};
use crate::browser::serve;
use crate::channels::{later, tell};
use crate::conditions::centres;
use crate::consent::{FACT, electricity, head, hold_number};
use crate::corrections::tell_pregnancy;
use crate::house::{House, PASSWORD, Whose, on_both};
use crate::keyboard::{Hand, Stroke};
use crate::reach::{SAEBIT, move_in};
use Stroke::{Choose, Date, Pick, Press, Type};

/// A form and what is done with it.
struct Task {
    name: &'static str,
    /// The login of [`ACCOUNTS`] that does it.
    who: &'static str,
    /// The route that takes the form; of a page that is only read, its own.
    route: &'static str,
    /// Prepares what it needs and names the page it begins on.
    given: fn(&House) -> String,
    strokes: &'static [Stroke],
    /// Beginning of the path that it leads to, and words that stand there.
    then: (&'static str, &'static str),
}

const ACCOUNTS: [(&str, &str, &str); 7] = [
    ("parent", "resident", ""),
    ("head", "resident", ""),
    ("official", "counter", "hanbit-saebit"),
    ("field", "field", "hanbit-saebit"),
    ("supervisor", "supervisor", "hanbit"),
    ("operator", "operator", "hanbit"),
    ("decider", "decision_maker", "hanbit"),
];

/// The only POST routes that no task below presses: the first is sent by a script with the address that the browser's push
/// service gave out, and its form stays hidden where there is none; to the second other servers post.
const BY_PROGRAMS: [&str; 2] = ["/contact/devices", "/ledger/add-checkpoint"];

const fn task(
    name: &'static str,
    who: &'static str,
    route: &'static str,
    given: fn(&House) -> String,
    strokes: &'static [Stroke],
    then: (&'static str, &'static str),
) -> Task {
    Task {
        name,
        who,
        route,
        given,
        strokes,
        then,
    }
}

/// One line a form, in the order of a life: what a task leaves behind, a later one may need.
#[rustfmt::skip]
const TASKS: &[Task] = &[
    task("largest text", "parent", "/settings", |_| "/today".into(), &[Press("header details summary"), Press("header .settings [name=text][value=largest]")], ("/today", "data-text=\"largest\"")),
    task("contrast", "parent", "/settings", |_| "/settings".into(), &[Press("main [name=contrast][value=high]")], ("/settings", "data-contrast=\"high\"")),
    task("English", "parent", "/settings", |_| "/settings".into(), &[Press("main [name=lang][value=en]")], ("/settings", "lang=\"en\"")),
    task("Korean", "parent", "/settings", |_| "/settings".into(), &[Press("main [name=lang][value=ko]")], ("/settings", "lang=\"ko\"")),
    task("tell a birth", "parent", "/births/tell", |_| "/births/tell".into(), &[Date("#born", ["2026", "11", "20"]), Choose("[name=sex1][value=female]"), Press("form[action='/births/tell'] .button")], ("/births/", "아직 확인되지 않았습니다")),
    task("register the birth", "official", "/work/births/{birth}", told_birth, &[Type("#name", "이봄"), Choose("#confirmed"), Press("main form .button")], ("/work/births", "등록했습니다")),
    task("postpone", "parent", "/offers/{offer}/postpone", ready_offer, &[Date("#until", ["2026", "12", "01"]), Press("form[action$='/postpone'] .button")], ("/offers", "미루거나 받지 않기로")),
    task("look again", "parent", "/offers/{offer}/reconsider", |_| "/offers".into(), &[Press("form[action$='/reconsider'] .button")], ("/offers/", "신청하기")),
    task("decline", "parent", "/offers/{offer}/decline", ready_offer, &[Press("form[action$='/decline'] .button")], ("/offers", "미루거나 받지 않기로")),
    task("have it already", "parent", "/offers/{offer}/received", ready_offer, &[Press("form[action$='/received'] .button")], ("/offers", "이미 받고 있어요")),
    task("look at what I have", "parent", "/offers/{offer}/reconsider", received_offer, &[Press("form[action$='/reconsider'] .button")], ("/offers/", "신청하기")),
    task("let a fact be fetched", "head", "/offers/{offer}/consent", held_fact, &[Press("form[action$='/consent'] .button")], ("/offers/", "신청하기")),
    task("no longer let it be fetched", "head", "/me/consents", |_| "/me".into(), &[Press("#consents form:has([value='household.electricity_customer']) button[value=withdraw]")], ("/me", "동의를 거두셨습니다")),
    task("answer a question", "parent", "/offers/{offer}/ask", asking_offer, &[Type("#value", "0123456789"), Press("main form .button")], ("/offers/", "신청하기")),
    task("accept one", "parent", "/offers/accept", ready_offer, &[Press("form[action='/offers/accept'] .button")], ("/receipts/", "1가지가")),
    task("accept all", "parent", "/offers/accept", |_| "/offers".into(), &[Press("form[action='/offers/accept'] .button")], ("/receipts/", "신청했습니다")),
    task("consent", "parent", "/me/consents", |_| "/me".into(), &[Press("#consents button[value=give]")], ("/me", "동의하셨습니다. 받으실")),
    task("withdraw the consent", "parent", "/me/consents", |_| "/me".into(), &[Press("#consents button[value=withdraw]")], ("/me", "동의를 거두셨습니다")),
    task("read a notice", "parent", "/inbox/{notice}", |_| "/inbox".into(), &[Press("a.notice")], ("/inbox/", "보러 가기")),
    task("correct what I told", "parent", "/me/correct", told_fact, &[Type("#value", "2"), Press("form[action='/me/correct'] .button")], ("/me", "고쳤습니다")),
    task("ask the holder to correct", "parent", "/me/correct", |house| format!("/me/correct?fact=person.disability&of={}", house.haneul), &[Choose("[name=value][value=mild]"), Press("form[action='/me/correct'] .button")], ("/cases/", "고쳐 달라고 보냈습니다")),
    task("decide a correction", "supervisor", "/work/corrections/{case}", claimed_case, &[Choose("[name=decision][value=grant]"), Press("main form .button")], ("/work", "처리할 신청")),
    task("how notices reach", "parent", "/contact", |_| "/contact".into(), &[Type("#email", "hanul@example.kr"), Choose("[name=locale][value=en]"), Press("form[action='/contact'] .button")], ("/contact", "저장했습니다")),
    task("try a channel", "parent", "/contact/try", |_| "/contact".into(), &[Press("form[action='/contact/try'] [value=email]")], ("/contact", "보냈습니다. 곧")),
    task("no more pushes", "parent", "/contact/devices/remove", pushed_browser, &[Press("form[action='/contact/devices/remove'] .button")], ("/contact", "그 브라우저로는 알리지")),
    task("check a proof", "parent", "/ledger/check", |_| "/ledger/check".into(), &[Type("#proof", "c2sp.org/tlog-proof@v1"), Press("form[action='/ledger/check'] .button")], ("/ledger/check", "증거 파일의 글이 아닙니다")),
    task("look ahead", "parent", "/what-if", |_| "/what-if?change=child".into(), &[Date("#born", ["2027", "01", "02"]), Press("form[action='/what-if'] .button")], ("/what-if", "새로 받습니다")),
    task("find a person", "official", "/find", |_| "/find".into(), &[Type("#name", "김하늘"), Pick("#purpose", "visit"), Press("form[action='/find'] .button")], ("/find", "새벽길 1")),
    task("find the mother", "official", "/work/births/new", |_| "/work/births/new".into(), &[Type("#mother_name", "김하늘"), Date("#mother_born", ["1994", "02", "03"]), Press("main form .button")], ("/work/births/new", "새벽길 1")),
    task("ask about a case", "official", "/work/benefits/{case}", received_case, &[Choose("[name=decision][value=ask]"), Type("#note", "어느 어린이집인지 알려 주세요."), Press("main form .button")], ("/work", "처리할 신청")),
    task("grant a case", "official", "/work/benefits/{case}", voucher_case, &[Choose("[name=decision][value=grant]"), Press("main form .button")], ("/work", "처리할 신청")),
    task("record a use", "official", "/work/vouchers/{voucher}", held_voucher, &[Type("#amount_krw", "120,000"), Type("#reference", "a-1"), Press("main form .button")], ("/work/vouchers/", "288만원")),
    task("refuse a case", "official", "/work/benefits/{case}", received_case, &[Choose("[name=decision][value=refuse]"), Type("#note", "이미 받고 계십니다."), Press("main form .button")], ("/work", "처리할 신청")),
    task("propose to the unreached", "official", "/work/unreached/{household}/{benefit}/{whom}/propose", owed_to_nobody, &[Type("#note", "통장만 알려 주세요."), Press("form[action$='/propose'] .button")], ("/work/unreached/", "알렸습니다. 같은 날")),
    task("apply on behalf", "official", "/work/unreached/{household}/{benefit}/{whom}/apply", owed_to_nobody, &[Choose("#agreed"), Type("#consent", "11월 23일 본인과 통화"), Press("form[action$='/apply'] .button")], ("/work/unreached/", "접수증이 그분께 갔습니다")),
    task("answer the office", "parent", "/cases/{case}/answer", asked_case, &[Type("#note", "햇살어린이집입니다."), Press("form[action$='/answer'] .button")], ("/cases/", "답을 보냈습니다")),
    task("withdraw a case", "parent", "/cases/{case}/withdraw", own_received_case, &[Press("form[action$='/withdraw'] .button")], ("/cases", "신청을 거두셨습니다")),
    task("ask for what nobody offered", "parent", "/entitlements", |_| "/entitlements".into(), &[Press("form[action='/entitlements'] .button")], ("/offers/", "사람과 이야기하고 싶으시면")),
    task("say where I am", "parent", "/here", |house| { centres(house); "/here".into() }, &[Choose("#agree"), Press("form[action='/here'] .button")], ("/here", "특보나 축제가 없습니다")),
    task("declare a cold warning", "supervisor", "/work/conditions", |_| "/work/conditions".into(), &[Pick("#kind", "cold_wave"), Type("#title", "한파경보"), Press("form[action='/work/conditions'] .button")], ("/work/conditions", "한파경보")),
    task("end the warning", "supervisor", "/work/conditions/{condition}/end", |_| "/work/conditions".into(), &[Press("form[action$='/end'] .button")], ("/work/conditions", "알려진 상황이 없습니다")),
    task("the queue of all offices", "supervisor", "/work", |_| "/work".into(), &[Press("a.stat[href='/work/births']")], ("/work/births", "기다리는 출생이 없습니다")),
    task("let other agencies join", "operator", "/system/ledger", |_| "/system/ledger".into(), &[Press("form[action='/system/ledger'] .button")], ("/system/ledger", "설정 파일의 기관과 같습니다")),
    task("try a reform", "decider", "/aide/reforms", |house| { settle(house, 1_000); "/aide/reforms/new?parameter=child-allowance/base".into() }, &[Type("#title", "아동수당 15만원"), Type("#value-0", "150,000"), Press("main form .button:not(.quiet, .plain)")], ("/aide/runs/", "아동수당 15만원")),
    task("repeat the run", "decider", "/aide/runs/{run}/repeat", finished, &[Press("form[action$='/repeat'] .button")], ("/aide/runs/", "아동수당 15만원")),
    task("ask what a policy did", "decider", "/aide/evidence", |_| "/aide/evidence/new".into(), &[Type("#measure", "방문 상담"), Type("#outcome", "체납률 (%)"), Choose("[name=better][value=lower]"), Type("#source", "지어낸 보기"), Type("#csv", "지역,시점,값,시행\n가,1,1,0\n가,2,2,1\n나,1,1,0\n나,2,1,0"), Press("form[action='/aide/evidence'] .button")], ("/aide/runs/", "방문 상담")),
    task("find a way to a goal", "decider", "/aide/goals", |_| "/aide/goals/new?parameter=child-allowance/base".into(), &[Type("#target", "99"), Type("#budget", "0"), Press(".button[value=run]")], ("/aide/runs/", "빈곤율 99.00% 이하")),
    task("ask what waiting costs", "decider", "/aide/timings", |_| "/aide/timings/new?parameter=child-allowance/base".into(), &[Type("#worth", "100 130 160"), Type("#worth_source", "지어낸 보기"), Press("form[action='/aide/timings'] .button")], ("/aide/runs/", "늦추면")),
    task("ask what a measure brings", "decider", "/aide/measures/{measure}", |_| "/aide/measures/staffing/new".into(), &[Type("#name", "창구 늘리기"), Type("#arrivals", "9 10 12"), Type("#case_minutes", "10"), Type("#hands_now", "2"), Type("#hands_then", "3"), Type("#source", "지어낸 보기"), Press("main form .button")], ("/aide/runs/", "창구 늘리기")),
    task("brief on it", "decider", "/aide/briefings", |house| { finished(house); "/aide/briefings/new".into() }, &[Type("#question", "아동수당을 올릴까요?"), Choose("#run-1"), Press("form[action='/aide/briefings'] .button")], ("/aide/briefings/", "아동수당을 올릴까요?")),
    task("have it reworded", "decider", "/aide/briefings/{briefing}/reword", |house| { talk(house, |it| format!("정리하면, {it}")); "/aide/briefings".into() }, &[Press("main th a"), Press("form[action$='/reword'] .button")], ("/aide/briefings/", "말을 다듬은 것: 언어 모델")),
    task("settle a delivery", "operator", "/deliveries/{delivery}", uncertain_delivery, &[Press("button[value=arrived]")], ("/deliveries", "도착한 것으로")),
    task("post the letters", "official", "/work/letters", waiting_letter, &[Press("form[action='/work/letters'] .button")], ("/work/letters", "부친 것으로")),
    task("sign out", "parent", "/logout", |_| "/today".into(), &[Press("header details.drop:has(form[action='/logout']) summary"), Press("form[action='/logout'] button")], ("/", "action=\"/login\"")),
    task("visit", "field", "/work/calls/{notice}", unread_for_a_day, &[Press("main [name=how][value=visited]")], ("/work/calls", "찾아간 것으로")),
];

/// What a task asks the keyboard to do first stands in every sign-in.
const SIGN_IN: &str = "/login";

fn offers(house: &House) -> Vec<Offer> {
    let (person, now) = (house.haneul, base::Clock::now(&house.clock));
    house.read(move |tx| read::offers_of(tx, person, now).unwrap())
}

fn births(house: &House) -> Vec<BirthId> {
    let mother = house.haneul;
    let births = house.read(move |tx| people::births_of(tx, mother).unwrap());
    births.iter().map(|it| it.id).collect()
}

fn told_birth(house: &House) -> String {
    format!("/work/births/{}", births(house)[0])
}

fn ready_offer(house: &House) -> String {
    let all = offers(house);
    let ready = all
        .iter()
        .find(|it| it.is_ready())
        .expect("an offer is ready");
    format!("/offers/{}", ready.id)
}

fn received_offer(house: &House) -> String {
    let all = offers(house);
    let received = all.iter().find(|it| it.state == OfferState::Received);
    format!("/offers/{}", received.expect("an offer is marked").id)
}

fn asking_offer(house: &House) -> String {
    let offer = electricity(house, house.haneul);
    format!("/offers/{}/ask?fact={FACT}", offer.id)
}

/// The register of the electricity company has the number that an offer waits for.
fn held_fact(house: &House) -> String {
    hold_number(house);
    let offer = electricity(house, house.haneul);
    format!("/offers/{}/ask?fact={FACT}", offer.id)
}

/// One of the parent's, but not the voucher's: that one has a task of its own.
fn case_that_is(house: &House, state: CaseState) -> CaseId {
    let person = house.haneul;
    let all = house.read(move |tx| cases::of_person(tx, person, None).unwrap());
    let mut fitting = all.iter().filter(|it| it.state == state);
    let found = fitting.find(|it| it.topic != VOUCHER);
    found.unwrap_or_else(|| panic!("no case is {state}")).id
}

fn told_fact(house: &House) -> String {
    tell_pregnancy(house);
    format!("/me/correct?fact=person.fetuses&of={}", house.haneul)
}

fn claimed_case(house: &House) -> String {
    let person = house.haneul;
    let all = house.read(move |tx| cases::of_person(tx, person, None).unwrap());
    let claim = all.iter().find(|it| it.kind == "corrections");
    format!(
        "/work/corrections/{}",
        claim.expect("a correction was asked").id
    )
}

fn received_case(house: &House) -> String {
    let case = case_that_is(house, CaseState::Received);
    format!("/work/benefits/{case}")
}

fn own_received_case(house: &House) -> String {
    format!("/cases/{}", case_that_is(house, CaseState::Received))
}

fn asked_case(house: &House) -> String {
    format!("/cases/{}", case_that_is(house, CaseState::Asked))
}

const VOUCHER: &str = "first-meeting-voucher";

/// The case of the voucher that ends.
fn voucher_case(house: &House) -> String {
    let all = offers(house);
    let found = all.iter().find(|it| it.benefit == VOUCHER);
    let case = found.and_then(|it| it.case).expect("it was applied for");
    format!("/work/benefits/{case}")
}

fn held_voucher(house: &House) -> String {
    let holder = house.haneul;
    let held = house.read(move |tx| vouchers::actions::of_holder(tx, holder).unwrap());
    format!("/work/vouchers/{}", held[0].id)
}

fn pushed_browser(house: &House) -> String {
    let (person, services) = (house.haneul, ["push.example".to_owned()]);
    house.act(move |cx| {
        let point: Vec<u8> = std::iter::once(4).chain([7; 64]).collect();
        let (endpoint, keys) = ("https://push.example/a", (point, vec![7; 16]));
        notices::add_device(cx, person, &services, endpoint, keys).unwrap();
    });
    "/contact".into()
}

/// A family of the official's 동 that nobody told of what its child is owed.
fn owed_to_nobody(house: &House) -> String {
    let born = date(2022, 5, 6);
    let family = house.act(move |cx| move_in(cx, SAEBIT, "정다은", born, true));
    family.path()
}

fn waiting_letter(house: &House) -> String {
    tell(house, house.haneul, &[Channel::Letter]);
    "/work/letters".into()
}

/// A day passes, which ends every session: only who has not signed in yet can be asked for it.
fn unread_for_a_day(house: &House) -> String {
    let person = head(house);
    tell(house, person, &[]);
    later(house, 1, &[]);
    let waiting = house.read(|tx| notices::unreached(tx, &Scope::Everything).unwrap());
    let found = waiting.iter().find(|it| it.person == person);
    format!("/work/calls/{}", found.expect("nobody was reached").notice)
}

fn uncertain_delivery(house: &House) -> String {
    let person = house.haneul;
    house.act(move |cx| {
        let contact = Contact {
            email: Some("hanul@example.kr".into()),
            phone: None,
            locale: base::Locale::KO,
        };
        notices::set_contact(cx, person, &contact).unwrap();
        let new = NewNotice {
            person,
            subject: people::pseudonym_of(cx.tx, person).unwrap(),
            once_key: "test".into(),
            message: "benefits-case-granted",
            arguments: BTreeMap::from([
                ("benefit_ko".to_owned(), "부모급여".to_owned()),
                ("benefit_en".to_owned(), "Parental benefit".to_owned()),
            ]),
            link: "/cases".into(),
            urgency: notices::Urgency::Routine,
            answer_by: None,
        };
        notices::tell(cx, &new).unwrap();
        notices::plan_due(cx, &[Channel::Email]).unwrap();
        while let Some(taken) = notices::claim(cx, Channel::Email).unwrap() {
            let cut = Outcome::Uncertain("connection reset".into());
            notices::record_outcome(cx, &taken.delivery, &cut).unwrap();
        }
    });
    "/deliveries".into()
}

async fn do_all(house: &House, has_javascript: bool) {
    let Some(browser) = testkit::browser() else {
        return;
    };
    for (login, role, agency) in ACCOUNTS {
        let whose = match (login, agency) {
            ("head", _) => Whose::Person(head(house)),
            (_, "") => Whose::Person(house.haneul),
            (_, agency) => Whose::Agency(agency),
        };
        house.account(login, role, whose);
    }
    let root = format!("http://{}", serve(house).await);
    let mut windows: BTreeMap<&str, Window> = BTreeMap::new();
    for task in TASKS {
        house.rest().await;
        let page = (task.given)(house);
        if !windows.contains_key(task.who) {
            let window = browser.open().await.unwrap();
            window.javascript(has_javascript).await.unwrap();
            sign_in(&window, &root, task.who).await;
            windows.insert(task.who, window);
        }
        let window = &windows[task.who];
        let hand = Hand {
            window,
            task: task.name,
        };
        window.goto(format!("{root}{page}")).await.unwrap();
        for (index, stroke) in task.strokes.iter().enumerate() {
            if index == 0 {
                hand.start(stroke.target()).await;
            }
            hand.strike(stroke).await;
        }
        hand.arrive(task.then.0, task.then.1).await;
    }
    for (_, window) in windows {
        window.close().await.unwrap();
    }
}

async fn sign_in(window: &Window, root: &str, login: &'static str) {
    let hand = Hand {
        window,
        task: "sign in",
    };
    window.goto(format!("{root}{SIGN_IN}")).await.unwrap();
    hand.start("#login").await;
    hand.strike(&Type("#login", login)).await;
    hand.strike(&Type("#password", PASSWORD)).await;
    hand.strike(&Press("main form .button")).await;
    hand.arrive("/", "action=\"/logout\"").await;
}

#[test]
fn every_task_is_done_by_keyboard_without_scripts() {
    on_both(async |mut house| {
        if house.db.dialect() == db::Dialect::Sqlite {
            house.keep_ledger_before_others_join().await;
            do_all(&house, false).await;
        }
    });
}

#[test]
fn every_task_is_done_by_keyboard_with_scripts() {
    on_both(async |mut house| {
        if house.db.dialect() == db::Dialect::Sqlite {
            house.keep_ledger_before_others_join().await;
            do_all(&house, true).await;
        }
    });
}

#[test]
fn every_form_is_in_a_task() {
    let mut pressed: BTreeSet<&str> = TASKS.iter().map(|it| it.route).collect();
    pressed.insert(SIGN_IN);
    let routes = wise::server::routes("/login");
    let forms: BTreeSet<&str> = routes
        .list()
        .iter()
        .filter(|it| it.method == "POST" && !it.path.starts_with("/api/"))
        .map(|it| it.path)
        .collect();
    let left: Vec<&str> = forms.difference(&pressed).copied().collect();
    assert_eq!(
        left, BY_PROGRAMS,
        "a form that nobody tries by keyboard: add a task"
    );
    let all: BTreeSet<&str> = routes.list().iter().map(|it| it.path).collect();
    let gone: Vec<_> = pressed.difference(&all).collect();
    assert!(gone.is_empty(), "tasks name routes that are gone: {gone:?}");
}
