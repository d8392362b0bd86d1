//! Services of the Gov24 interface: imported by the command, and looked into through HTTP on both stores.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use axum::http::StatusCode;
use base::Clock;
use serde_json::{Value, json};
use tempfile::TempDir;
use wise::areas::benefits::services::actions::import::{self, ImportSummary};

use crate::house::{House, Whose, on_both};

/// A row of serviceList.
fn listed(id: &str, name: &str, agency: (&str, &str, &str)) -> Value {
    json!({
        "서비스ID": id, "서비스명": name, "서비스목적요약": format!("{name}의 목적"),
        "서비스분야": "생활안정", "지원유형": "현금", "사용자구분": "개인",
        "소관기관코드": agency.0, "소관기관명": agency.1, "소관기관유형": agency.2,
        "부서명": "복지과", "신청기한": "상시신청", "신청방법": "방문신청",
        "전화문의": "복지과/02-000-0000", "지원대상": "○ 지원대상: 주민", "지원내용": "○ 월 1만원",
        "상세조회URL": "https://www.gov.kr/portal/rcvfvrSvc/dtlEx/1", "수정일시": "20260129201825",
    })
}

/// A row of serviceDetail.
fn detailed(id: &str) -> Value {
    json!({
        "서비스ID": id, "구비서류": "신분증", "법령": "시험법(제1조)", "신청방법": "주민센터 방문",
        "온라인신청사이트URL": "javascript:alert(1)", "문의처": "복지과/02-111-1111",
    })
}

/// A row of supportConditions with these codes set and others empty.
fn conditions(id: &str, codes: &[&str]) -> Value {
    let mut row = json!({"서비스ID": id, "JA0101": "Y", "JA0102": "Y", "JA0110": 0, "JA0111": 120,
                         "JA0326": null, "JA0328": null, "JA0412": null});
    for code in codes {
        row[*code] = "Y".into();
    }
    row
}

const CITY: (&str, &str, &str) = ("9990000", "시험도 한빛시", "시군구");
const OTHER: (&str, &str, &str) = ("4520000", "충청남도 아산시", "시군구");
const MINISTRY: (&str, &str, &str) = ("1352000", "보건복지부", "중앙행정기관");

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(TempDir::new().unwrap());
        std::fs::create_dir(folder.path()).unwrap();
        folder
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("gov24")
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path().join(name), bytes).unwrap();
    }

    fn json(&self, name: &str, value: &Value) {
        self.write(name, value.to_string().as_bytes());
    }

    /// The interface's page, gzipped.
    fn page(&self, name: &str, rows: &[Value]) -> Vec<u8> {
        let page = json!({"page": 1, "perPage": 100, "totalCount": rows.len(),
                          "currentCount": rows.len(), "data": rows});
        let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        zipped.write_all(page.to_string().as_bytes()).unwrap();
        let bytes = zipped.finish().unwrap();
        self.write(name, &bytes);
        bytes
    }

    fn errors(&self) -> Vec<Vec<String>> {
        let text = std::fs::read_to_string(self.0.path().join("gov24.errors.csv")).unwrap();
        let text = text.strip_prefix('\u{feff}').unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows = reader.records().map(|row| {
            let row = row.unwrap();
            row.iter().map(str::to_owned).collect()
        });
        rows.collect()
    }

    /// `wise import gov24` on a store of this folder's own.
    fn import(&self, more: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wise"));
        command
            .args(["import", "gov24"])
            .arg(self.path())
            .arg("--data")
            .arg(self.data())
            .args(more)
            .env_remove("WISE_DATABASE")
            .current_dir(self.0.path());
        command.output().unwrap()
    }

    fn imported(&self, more: &[&str]) -> Value {
        let out = self.import(&[&["--json"], more].concat());
        assert!(out.status.success(), "{}", said(&out));
        serde_json::from_slice(&out.stdout).unwrap()
    }
}

fn said(out: &Output) -> String {
    String::from_utf8_lossy(&out.stderr).into_owned()
}

fn three(folder: &Folder) {
    folder.page(
        "list-1.json.gz",
        &[
            listed("100", "가 지원", MINISTRY),
            listed("200", "나 지원", CITY),
        ],
    );
    // A plain list, and a service that stands on two pages.
    folder.json(
        "list-2.json",
        &json!([
            listed("200", "나 지원", CITY),
            listed("300", "다 지원", OTHER)
        ]),
    );
    folder.json("detail.json", &json!({"data": [detailed("100")]}));
    let coded = ["100", "200", "300"].map(|id| conditions(id, &[]));
    folder.page("conditions.json.gz", &coded);
}

#[test]
fn pages_of_every_shape_are_imported_once() {
    let folder = Folder::new();
    three(&folder);
    let first = folder.imported(&[]);
    assert_eq!(first["services"], 3, "{first}");
    assert_eq!(
        (&first["new"], &first["errors"]),
        (&json!(3), &json!(0)),
        "{first}"
    );
    assert_eq!(first["api_version"], "v3");
    let again = folder.imported(&[]);
    assert_eq!(again["unchanged"], 3, "{again}");
    folder.json("list-2.json", &json!([listed("300", "다 새 이름", OTHER)]));
    let changed = folder.imported(&[]);
    assert_eq!(
        (&changed["changed"], &changed["unchanged"]),
        (&json!(1), &json!(2)),
        "{changed}"
    );
}

#[test]
fn a_file_that_is_cut_off_is_named_with_its_byte_and_nothing_is_lost() {
    let folder = Folder::new();
    three(&folder);
    folder.imported(&[]);
    let whole = folder.page("list-9.json.gz", &[listed("400", "라 지원", MINISTRY)]);
    let half = whole.len() / 2;
    folder.write("list-9.json.gz", &whole[..half]);
    let out = folder.import(&[]);
    assert_eq!(out.status.code(), Some(1));
    let told = said(&out);
    assert!(told.contains("list-9.json.gz"), "{told}");
    assert!(
        told.contains(&format!("at byte {half} of {half}")),
        "{told}"
    );
    assert!(told.contains("nothing of this folder was stored"), "{told}");
    std::fs::remove_file(folder.path().join("list-9.json.gz")).unwrap();

    let text = json!({"data": [listed("400", "라 지원", MINISTRY)]}).to_string();
    let cut = text.find("생활안정").unwrap();
    folder.write("list-8.json", &text.as_bytes()[..cut]);
    let told = said(&folder.import(&[]));
    assert!(
        told.contains("list-8.json") && told.contains(&format!("cut off at byte {cut}")),
        "{told}"
    );
    // An error of the interface saved as if it were a page.
    folder.json(
        "list-8.json",
        &json!({"code": -4, "msg": "등록되지 않은 인증키 입니다."}),
    );
    let told = said(&folder.import(&[]));
    assert!(told.contains("등록되지 않은 인증키"), "{told}");
    // Rows were lost on the way.
    folder.json(
        "list-8.json",
        &json!({"currentCount": 2, "data": [listed("400", "라", CITY)]}),
    );
    let told = said(&folder.import(&[]));
    assert!(told.contains("says currentCount 2 and holds 1"), "{told}");

    std::fs::remove_file(folder.path().join("list-8.json")).unwrap();
    let kept = folder.imported(&[]);
    assert_eq!(kept["unchanged"], 3, "{kept}");
}

#[test]
fn codes_of_another_version_are_told_with_service_code_and_remedy() {
    let folder = Folder::new();
    let old = |id: &str| {
        json!({"SVC_ID": id, "JA0101": "Y", "JA0103": "Y", "JA0304": null, "JA0317": "Y",
               "JA0408": null})
    };
    folder.json(
        "list.json",
        &json!([listed("100", "가", MINISTRY), listed("200", "나", CITY)]),
    );
    folder.json(
        "conditions.json",
        &json!([old("100"), conditions("200", &[])]),
    );
    // Half of each: the codes do not tell which version it is.
    let out = folder.import(&[]);
    assert_eq!(out.status.code(), Some(1));
    assert!(said(&out).contains("--api-version"), "{}", said(&out));
    let out = folder.import(&["--api-version", "v7"]);
    assert!(said(&out).contains("known are v1, v3"), "{}", said(&out));

    let mixed = folder.imported(&["--api-version", "v3"]);
    assert_eq!((&mixed["services"], &mixed["new"]), (&json!(1), &json!(1)));
    let errors = folder.errors();
    let codes: Vec<&str> = errors.iter().map(|row| row[3].as_str()).collect();
    assert_eq!(codes, ["JA0103", "JA0304", "JA0408"]);
    for row in &errors {
        assert_eq!(row[..3], ["conditions.json", "1", "100"]);
        assert!(row[4].contains("v3에 없는 코드입니다"), "{row:?}");
        assert!(row[5].contains("--api-version v1"), "{row:?}");
    }

    // Each version by itself is told by its codes; the errors file goes with the errors.
    folder.json("conditions.json", &json!([old("100"), old("200")]));
    let v1 = folder.imported(&[]);
    assert_eq!(v1["api_version"], "v1", "{v1}");
    assert_eq!(v1["services"], 2);
    assert!(!folder.0.path().join("gov24.errors.csv").exists());
}

#[test]
fn a_wrong_row_keeps_what_was_stored_of_its_service() {
    let folder = Folder::new();
    three(&folder);
    folder.imported(&[]);
    let mut bad_value = conditions("100", &[]);
    bad_value["JA0328"] = "아마".into();
    let mut bad_age = conditions("200", &[]);
    bad_age["JA0110"] = 65.into();
    bad_age["JA0111"] = 18.into();
    folder.page(
        "conditions.json.gz",
        &[
            bad_value,
            bad_age,
            conditions("300", &["JA0328"]),
            conditions("999", &[]),
        ],
    );
    folder.json(
        "strange.json",
        &json!([7, {"이름": "번호 없음"}, {"서비스ID": "5"}]),
    );
    let summary = folder.imported(&[]);
    assert_eq!(summary["services"], 1, "{summary}");
    assert_eq!(summary["changed"], 1);
    let errors = folder.errors();
    let told: Vec<(&str, &str)> = errors
        .iter()
        .map(|row| (row[2].as_str(), row[3].as_str()))
        .collect();
    let expected = [
        ("", ""),
        ("", ""),
        ("5", ""),
        ("100", "JA0328"),
        ("200", "JA0110"),
        ("999", ""),
    ];
    assert_eq!(told, expected, "{errors:?}");
    three(&folder);
    std::fs::remove_file(folder.path().join("strange.json")).unwrap();
    let mended = folder.imported(&[]);
    // The two wrong ones are as they were before the bad import.
    assert_eq!(
        (&mended["unchanged"], &mended["changed"]),
        (&json!(2), &json!(1)),
        "{mended}"
    );
}

/// Imports a folder into a house.
fn bring(house: &House, folder: &Path) -> ImportSummary {
    let tables = house.app.country.gov24.clone();
    let done = tokio::task::block_in_place(|| {
        import::import(&house.db, &tables, folder, None, house.clock.now())
    });
    done.unwrap()
}

fn town(house: &House) {
    let folder = Folder::new();
    let list: Vec<Value> = [
        ("100", "장애인 교통비 지원", MINISTRY),
        ("200", "근로자 휴가 지원", MINISTRY),
        ("300", "새빛 주민 지원", CITY),
        ("400", "아산 주민 지원", OTHER),
        ("500", "무주택 이사비 지원", CITY),
        ("600", "코드 없는 지원", MINISTRY),
    ]
    .into_iter()
    .map(|(id, name, agency)| listed(id, name, agency))
    .collect();
    folder.page("list.json.gz", &list);
    folder.page("detail.json.gz", &[detailed("500")]);
    folder.page(
        "conditions.json.gz",
        &[
            conditions("100", &["JA0328"]),
            conditions("200", &["JA0326"]),
            conditions("300", &[]),
            conditions("400", &[]),
            conditions("500", &["JA0412"]),
        ],
    );
    assert_eq!(bring(house, &folder.path()).services, 6);
}

fn ids(answer: &Value) -> Vec<String> {
    let items = answer["items"].as_array().unwrap();
    let ids = items.iter().map(|it| it["id"].as_str().unwrap().to_owned());
    ids.collect()
}

#[test]
fn a_resident_sees_what_may_be_worth_a_look_and_what_is_unknown() {
    on_both(async |house| {
        let resident = house.resident(house.haneul).await;
        let before = resident.get("/today").await;
        assert!(
            !before.body.contains("정부24의 다른 서비스"),
            "{}",
            before.body
        );
        town(&house);

        // The stranger's register says nothing of a disability; that of this family says none.
        // Settled first, the own city before the ministry; another city's are left out.
        let all = resident.get("/api/services").await;
        assert_eq!(all.status, StatusCode::OK, "{}", all.body);
        let all = all.json();
        assert_eq!(ids(&all)[0], "300", "{all}");
        assert!(!ids(&all).contains(&"400".to_owned()), "{all}");
        assert_eq!(ids(&all).last().unwrap(), "600");
        let item = |id: &str| {
            let mut items = all["items"].as_array().unwrap().iter();
            items.find(|it| it["id"] == id).cloned()
        };
        let housing = item("500").unwrap();
        assert_eq!(housing["missing"], json!(["household.housing"]));
        assert_eq!(housing["locality"], "own");

        // Page by page, without gap or overlap.
        let (mut seen, mut next) = (Vec::new(), String::new());
        loop {
            let page = resident
                .get(&format!("/api/services?limit=1&after={next}"))
                .await
                .json();
            seen.extend(ids(&page));
            match page["next"].as_str() {
                Some(cursor) => next = cursor.to_owned(),
                None => break,
            }
        }
        assert_eq!(seen, ids(&all));
        let broken = resident.get("/api/services?after=abc").await;
        assert_eq!(broken.status, StatusCode::BAD_REQUEST);

        let page = resident.get("/services").await;
        assert!(page.body.contains("확인해 보세요"), "{}", page.body);
        assert!(
            page.body.contains("아직 모르는 것: 주거 형태"),
            "{}",
            page.body
        );
        let searched = resident
            .get("/services?q=%EC%9D%B4%EC%82%AC%EB%B9%84")
            .await;
        assert!(searched.body.contains("무주택 이사비 지원"));
        assert!(!searched.body.contains("새빛 주민 지원"));
        // Signs of the search language are letters.
        let nothing = resident.get("/api/services?q=%25").await.json();
        assert!(ids(&nothing).is_empty(), "{nothing}");

        let csv = resident.get("/services?format=csv").await;
        assert_eq!(
            csv.body.lines().count(),
            ids(&all).len() + 1,
            "{}",
            csv.body
        );
        let json = resident.get("/services?format=json").await.json();
        assert_eq!(json.as_array().unwrap().len(), ids(&all).len());

        let detail = resident.get("/services/500").await;
        for text in ["주민센터 방문", "시험법(제1조)", "02-111-1111", "정부24 v3"] {
            assert!(detail.body.contains(text), "{text}: {}", detail.body);
        }
        assert!(!detail.body.contains("javascript:"), "{}", detail.body);
        let none = resident.get("/services/123").await;
        assert_eq!(none.status, StatusCode::NOT_FOUND);

        let count = ids(&all).len();
        for page in ["/today", "/offers"] {
            let page = resident.get(page).await;
            let link = format!("정부24의 다른 서비스 {count}개");
            assert!(page.body.contains(&link), "{}", page.body);
        }
    });
}

#[test]
fn what_contradicts_is_left_out_and_said_on_its_own_page() {
    on_both(async |house| {
        town(&house);
        let widow = house
            .signed_in("widow", "resident", Whose::Person(house.stranger))
            .await;
        let seen = ids(&widow.get("/api/services").await.json());
        // Her register says that she has no disability.
        assert!(!seen.contains(&"100".to_owned()), "{seen:?}");
        // Nobody knows whether she works.
        assert!(seen.contains(&"200".to_owned()), "{seen:?}");
        let page = widow.get("/services/100").await;
        assert!(
            page.body.contains("지금 아는 사정과 어긋납니다"),
            "{}",
            page.body
        );
    });
}

#[test]
fn no_text_about_services_promises_anything() {
    let mut seen = 0;
    for (path, text) in crate::shape::files("country/kr/texts", &["services.ftl"]) {
        let text = text.to_lowercase();
        for promise in [
            "entitle",
            "eligib",
            "can receive",
            "받을 수 있",
            "받으실 수 있",
            "자격이 있",
            "대상자입니다",
        ] {
            assert!(!text.contains(promise), "{path}: {promise}");
        }
        seen += text.lines().count();
    }
    assert!(seen > 80, "{seen}");
}

#[test]
#[ignore = "needs a folder with all samples of the interface, named by WISE_SHARED_DATA (in it, gov24/)"]
#[expect(clippy::disallowed_methods, reason = "says how long it took")]
fn all_samples_of_the_interface_load_and_are_judged() {
    let folder = std::env::var("WISE_SHARED_DATA").expect("WISE_SHARED_DATA names a folder");
    // The errors file is written beside the folder, which may be read-only.
    let copy = Folder::new();
    for entry in std::fs::read_dir(Path::new(&folder).join("gov24")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".json") || name.ends_with(".json.gz") {
            copy.write(&name, &std::fs::read(&path).unwrap());
        }
    }
    on_both(async |house| {
        let began = std::time::Instant::now();
        let summary = bring(&house, &copy.path());
        let imported = began.elapsed();
        assert_eq!((summary.services, summary.errors), (1_097, 0));
        assert_eq!(summary.without_conditions, 0);
        let resident = house.resident(house.haneul).await;
        let began = std::time::Instant::now();
        let all = resident.get("/services?format=json").await;
        let judged = began.elapsed();
        let all = all.json();
        let all = all.as_array().unwrap();
        assert!(all.len() > 50 && all.len() < 500, "{}", all.len());
        eprintln!(
            "{:?}: {} services imported in {} ms; {} worth checking of those nationwide, listed in {} ms",
            house.db.dialect(),
            summary.services,
            imported.as_millis(),
            all.len(),
            judged.as_millis()
        );
    });
}
