use std::fmt::Write;

use super::*;

/// Twelve districts over ten years; from 2021 on the first has a measure that moves its figure by `effect`, and in every
/// year before it drifts by `drift` more than the others.
fn csv(effect: f64, drift: f64) -> String {
    let mut text = String::from("지역,연도,체납률,시행\n");
    for unit in 0..12_u32 {
        for year in 0..10_u32 {
            let unrest = f64::from((unit * 7 + year * year * 5) % 11) / 10.0;
            let mut value = 50.0 + f64::from(unit) - f64::from(year) + unrest;
            if unit == 0 {
                value += drift * f64::from(year);
            }
            let treated = unit == 0 && year >= 7;
            if treated {
                value += effect;
            }
            let year = 2014 + year;
            writeln!(text, "{unit}동,{year},{value:.2},{}", u8::from(treated)).unwrap();
        }
    }
    text
}

fn question(csv: &str) -> Question {
    Question {
        measure: "방문 상담".into(),
        outcome: "체납률 (%)".into(),
        source: "시험 자료".into(),
        better: Better::Lower,
        columns: Columns {
            unit: "지역".into(),
            time: "연도".into(),
            outcome: "체납률".into(),
            treated: "시행".into(),
        },
        csv: csv.into(),
        seed: 1,
    }
}

fn found(csv: &str) -> Evidence {
    find(&question(csv)).unwrap()
}

fn fault(csv: &str) -> Said {
    let (field, said) = find(&question(csv)).unwrap_err();
    assert_eq!(field, "csv");
    said
}

fn arg<'a>(said: &'a Said, name: &str) -> &'a str {
    match said.args.get(name) {
        Some(super::super::said::Piece::Text(text)) => text,
        other => panic!("{said:?}: {name} is {other:?}"),
    }
}

#[test]
fn an_effect_that_all_methods_find_is_told_with_its_size_and_direction() {
    let evidence = found(&csv(-6.0, 0.0));
    assert_eq!(evidence.verdict, Verdict::Clear, "{evidence:#?}");
    assert_eq!((evidence.began.as_str(), evidence.pre_periods), ("2021", 7));
    assert_eq!(evidence.treated, ["0동"]);
    assert_eq!(evidence.controls.len(), 11);
    let told: Vec<&Effect> = evidence.ways.iter().filter_map(Told::effect).collect();
    assert!(told.len() >= 2);
    for effect in &told {
        let size: f64 = effect.effect.parse().unwrap();
        assert!((size + 6.0).abs() < 1.0, "{effect:?}");
        let (low, high): (f64, f64) = (effect.low.parse().unwrap(), effect.high.parse().unwrap());
        assert!(low < size && size < high && high < 0.0);
        assert_eq!((effect.placebos, effect.all_placebos), (11, true));
        assert_eq!(effect.p_value, "0.083");
    }
    let answer = &evidence.sentences[0];
    assert_eq!(answer.key, "aide-evidence-clear");
    assert_eq!(
        (arg(answer, "direction"), arg(answer, "good")),
        ("down", "yes")
    );
    let few = evidence
        .sentences
        .iter()
        .find(|it| it.key == "aide-evidence-few-placebos");
    assert_eq!(arg(few.expect("eleven are few"), "least"), "8");
}

#[test]
fn what_would_have_been_and_the_effect_add_up_to_what_was() {
    let evidence = found(&csv(-6.0, 0.0));
    for told in &evidence.ways {
        let Some(effect) = told.effect() else {
            continue;
        };
        assert_eq!(effect.would_have_been.len(), evidence.times.len());
        for (place, by_time) in effect.by_time.iter().enumerate() {
            let at = evidence.pre_periods + place;
            let was: f64 = evidence.was[at].parse().unwrap();
            let would: f64 = effect.would_have_been[at].parse().unwrap();
            let by_time: f64 = by_time.parse().unwrap();
            assert!((was - would - by_time).abs() < 0.002, "{told:?} at {at}");
        }
        let weights: f64 = effect
            .weights
            .iter()
            .map(|it| it.1.parse::<f64>().unwrap())
            .sum();
        assert!((weights - 1.0).abs() < 0.02, "{weights}");
    }
}

#[test]
fn no_effect_is_told_as_none() {
    let evidence = found(&csv(0.0, 0.0));
    assert_eq!(evidence.verdict, Verdict::Uncertain);
    assert_eq!(evidence.sentences[0].key, "aide-evidence-uncertain");
}

#[test]
fn a_district_that_was_falling_by_itself_is_refused_without_a_number() {
    let evidence = found(&csv(0.0, -4.0));
    assert_eq!(evidence.verdict, Verdict::Refused, "{:#?}", evidence.ways);
    assert_eq!(evidence.sentences, [Said::new("aide-evidence-refused")]);
    for told in &evidence.ways {
        let Told::Refused { why, .. } = told else {
            panic!("{told:?}")
        };
        assert_eq!(why.key, "aide-refused-fit");
    }
}

#[test]
fn movement_before_the_measure_is_a_warning() {
    // It begins to fall two years before the measure does.
    let mut text = csv(-6.0, 0.0);
    for (year, value) in [("2019", 46.0), ("2020", 44.0)] {
        let lines: Vec<String> = text
            .lines()
            .map(|line| match line.starts_with(&format!("0동,{year},")) {
                true => format!("0동,{year},{},0", value - 6.0),
                false => line.to_owned(),
            })
            .collect();
        text = lines.join("\n");
    }
    let evidence = found(&text);
    let warned = evidence
        .ways
        .iter()
        .filter_map(Told::effect)
        .any(|it| it.backdated.as_ref().is_some_and(|it| it.is_warning));
    let told = evidence
        .sentences
        .iter()
        .any(|it| it.key == "aide-evidence-moved-before");
    assert_eq!(warned, told);
    assert!(
        warned || evidence.verdict == Verdict::Refused,
        "{evidence:#?}"
    );
}

#[test]
fn few_districts_or_years_are_refused_with_how_many_are_needed() {
    let lines = |keep: fn(&str, i64) -> bool| -> String {
        let text = csv(-6.0, 0.0);
        let mut lines = text.lines();
        let head = lines.next().unwrap();
        let kept = lines.filter(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            keep(cells[0], cells[1].parse().unwrap())
        });
        std::iter::once(head)
            .chain(kept)
            .collect::<Vec<_>>()
            .join("\n")
    };
    let few = found(&lines(|unit, _| {
        matches!(unit, "0동" | "1동" | "2동" | "3동")
    }));
    assert!(
        matches!(&few.ways[0], Told::Refused { why, .. } if why.key == "aide-refused-controls")
    );
    let short = found(&lines(|_, year| year >= 2018));
    assert!(
        matches!(&short.ways[0], Told::Refused { why, .. } if why.key == "aide-refused-before")
    );
}

#[test]
fn the_same_figures_give_the_same_bytes_whatever_their_order_and_signs() {
    let text = csv(-6.0, 0.0);
    let once = serde_json::to_string(&found(&text)).unwrap();
    assert_eq!(once, serde_json::to_string(&found(&text)).unwrap());
    // Semicolons and decimal commas, with a byte order mark and Windows line ends.
    let other = text
        .replace(',', ";")
        .replace('.', ",")
        .replace('\n', "\r\n");
    assert_eq!(
        once,
        serde_json::to_string(&found(&format!("\u{feff}{other}"))).unwrap()
    );
    // Years from the last to the first.
    let mut lines: Vec<&str> = text.lines().collect();
    lines[1..].sort_by_key(|line| {
        let mut cells = line.split(',');
        let unit: u32 = cells
            .next()
            .unwrap()
            .trim_end_matches('동')
            .parse()
            .unwrap();
        (unit, std::cmp::Reverse(cells.next().unwrap()))
    });
    assert_eq!(
        once,
        serde_json::to_string(&found(&lines.join("\n"))).unwrap()
    );
    let back: Evidence = serde_json::from_str(&once).unwrap();
    assert_eq!(serde_json::to_string(&back).unwrap(), once);
}

#[test]
fn what_is_no_panel_is_told_with_its_line_and_a_remedy() {
    let head = "지역,연도,체납률,시행\n";
    let told = |rows: &str| fault(&format!("{head}{rows}"));
    let line = |said: &Said| arg(said, "line").to_owned();
    for (rows, key, at) in [
        ("1동,2020,많음,0\n", "aide-panel-no-number", "2"),
        (
            "1동,2020,1.0,0\n1동,2021,NaN,0\n",
            "aide-panel-no-number",
            "3",
        ),
        (
            "1동,2020,1.0,0\n\n1동,2021,1.0,아마\n",
            "aide-panel-no-yes",
            "4",
        ),
        ("1동,2020,1.0\n", "aide-panel-width", "2"),
        (",2020,1.0,0\n", "aide-panel-no-unit", "2"),
        ("1동,,1.0,0\n", "aide-panel-no-time", "2"),
        ("1동,2020,,0\n", "aide-panel-no-outcome", "2"),
        ("1동,2020,1,0\n1동,2020,2,0\n", "aide-panel-twice", "3"),
        ("1동,2020,1,0\n1동,2020-3,2,0\n", "aide-panel-times", "3"),
        (
            "1동,2020,1,0\n1동,2021,2,1\n1동,2022,2,0\n",
            "aide-panel-ended",
            "4",
        ),
    ] {
        let said = told(rows);
        assert_eq!(
            (said.key.as_str(), line(&said).as_str()),
            (key, at),
            "{rows}"
        );
    }
    let windows = fault(&format!("{head}1동,2020,1,0\n\n\n1동,2021,x,0\n").replace('\n', "\r\n"));
    assert_eq!(line(&windows), "5");
    for (rows, key) in [
        ("", "aide-panel-no-rows"),
        ("1동,2020,1,0\n2동,2021,1,0\n", "aide-panel-missing"),
        ("1동,2020,1,1\n1동,2021,1,1\n", "aide-panel-always"),
        ("1동,2020,1,0\n1동,2021,1,1\n", "aide-panel-everybody"),
        ("1동,2020,1,0\n1동,2021,1,0\n", "aide-panel-nobody"),
        (
            "1동,2020,1,0\n1동,2021,1,1\n1동,2022,1,1\n2동,2020,1,0\n2동,2021,1,0\n2동,2022,1,1\n",
            "aide-panel-staggered",
        ),
    ] {
        assert_eq!(told(rows).key, key, "{rows}");
    }
    assert_eq!(fault("").key, "aide-panel-empty");
    assert_eq!(fault(" \n \n").key, "aide-panel-empty");
    assert_eq!(fault(&"가".repeat(MAX_BYTES)).key, "aide-panel-too-long");
    let said = fault("지역,연도,값,시행\n1동,2020,1,0\n");
    assert_eq!(said.key, "aide-panel-no-column");
    assert_eq!(
        (arg(&said, "name"), arg(&said, "found")),
        ("체납률", "지역, 연도, 값, 시행")
    );
    let mut twice = question(head);
    twice.columns.time = "지역".into();
    assert_eq!(find(&twice).unwrap_err().1.key, "aide-panel-column-twice");
}

#[test]
fn a_table_that_would_take_too_long_is_refused() {
    let mut text = String::from("지역,연도,체납률,시행\n");
    for unit in 0..102 {
        for year in 0..100 {
            writeln!(text, "{unit},{year},1,0").unwrap();
        }
    }
    assert_eq!(fault(&text).key, "aide-panel-too-large");
}

#[test]
fn what_is_not_said_is_asked_for() {
    let mut unsourced = question(&csv(0.0, 0.0));
    unsourced.source = " ".into();
    assert_eq!(
        find(&unsourced).unwrap_err(),
        ("source", Said::new("aide-say-this"))
    );
    unsourced.source = "가".repeat(MAX_LINE + 1);
    assert_eq!(find(&unsourced).unwrap_err().1.key, "aide-shorten");
}

mod whatever_is_pasted {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn is_read_or_refused(text in r#"(지역,연도,체납률,시행\n)?([a-z0-9,;."\t\n\r-]|예|가){0,120}"#) {
            let _ = find(&question(&text));
        }
    }
}
