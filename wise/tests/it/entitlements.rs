//! Everything a household may have is shown, offered or not, and asked for with one press.

use axum::http::StatusCode;
use wise::areas::benefits::actions::read;
use wise::areas::benefits::model::Offer;

use crate::house::{House, on_both};

fn offers(house: &House) -> Vec<Offer> {
    let (person, now) = (house.haneul, base::Clock::now(&house.clock));
    house.read(move |tx| read::offers_of(tx, person, now).unwrap())
}

/// The value of the `about` field beside a benefit's, as the page has it.
fn about(page: &str, benefit: &str) -> String {
    let field = format!("name=\"benefit\" value=\"{benefit}\"");
    let rest = &page[page.find(&field).expect("the benefit is on the page")..];
    let rest = rest.split("name=\"about\" value=\"").nth(1).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[test]
fn what_was_never_offered_is_asked_for_once() {
    on_both(async |house| {
        house.rest().await;
        let resident = house.resident(house.haneul).await;
        let page = resident.get("/entitlements").await;
        assert_eq!(page.status, StatusCode::OK);
        // The allowance of the child they have: no event ever opened it here.
        let about = about(&page.body, "child-allowance");
        assert!(page.body.contains("아동수당"), "{}", page.body);
        assert!(page.body.contains("105,000원"), "{}", page.body);
        assert!(
            page.body.contains("한 줄만 알려 주셔도"),
            "what would decide is said: {}",
            page.body
        );
        assert!(offers(&house).is_empty(), "looking makes no offer");

        let form = [("benefit", "child-allowance"), ("about", about.as_str())];
        let asked = resident.send("/entitlements", &form).await;
        let to = asked.header("location");
        assert!(to.starts_with("/offers/"), "{to}: {}", asked.body);
        let made = offers(&house);
        assert_eq!(made.len(), 1);
        assert_eq!(made[0].benefit, "child-allowance");
        let again = resident.send("/entitlements", &form).await;
        assert_eq!(again.header("location"), to);
        assert_eq!(offers(&house).len(), 1, "none is made twice");
        let page = resident.get("/entitlements").await.body;
        let standing = page.find("id=\"standing\"").expect("it stands");
        let certain = page.find("id=\"certain\"").unwrap_or(page.len());
        let name = page.find("아동수당").expect("its name");
        assert!(standing < name && name < certain);
    });
}

#[test]
fn nobody_asks_for_others_or_for_what_is_not_owed() {
    on_both(async |house| {
        let stranger = house.stranger.to_string();
        let resident = house.resident(house.haneul).await;
        for (benefit, about) in [
            ("child-allowance", stranger.as_str()),
            ("child-allowance", "nobody"),
            ("no-such-benefit", ""),
        ] {
            let form = [("benefit", benefit), ("about", about)];
            let refused = resident.send("/entitlements", &form).await;
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{benefit} {about}");
        }
        // A grown-up is no child.
        let own = house.haneul.to_string();
        let form = [("benefit", "child-allowance"), ("about", own.as_str())];
        let refused = resident.send("/entitlements", &form).await;
        assert_eq!(refused.header("location"), "/entitlements");
        assert!(offers(&house).is_empty());
    });
}
