use std::time::Instant;
#[path = "../tests/it/paper.rs"]
mod paper;
fn main() {
    let t = paper::typeface().unwrap();
    let p = paper::paper();
    for _ in 0..3 {
        let start = Instant::now();
        let mut n = 0;
        for _ in 0..20 {
            n = papers::pdf::render(&p, &t).unwrap().len();
        }
        println!("{:?} each, {n} bytes", start.elapsed() / 20);
    }
}
