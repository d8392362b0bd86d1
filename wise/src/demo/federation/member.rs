//! An agency of the demonstration as a process of its own: told what to do line by line, until nobody is left who tells.

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use super::{Orders, Played, Told, open};

/// Reads its orders and works.
///
/// # Errors
/// Its orders cannot be read, or its ledger not opened.
pub async fn serve_member() -> Result<(), String> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let first = lines.next_line().await.map_err(|it| it.to_string())?;
    let orders: Orders = serde_json::from_str(&first.unwrap_or_default()).map_err(|it| {
        format!(
            "`wise agency` is started by `wise demo --federation`, which tells it what to do: {it}"
        )
    })?;
    let ledger = open(&orders).map_err(|it| format!("{}: {it}", orders.name))?;
    let mut played = Played::new(ledger.clone());
    let mut output = tokio::io::stdout();
    while let Ok(Some(line)) = lines.next_line().await {
        let told: Told = serde_json::from_str(&line).map_err(|it| it.to_string())?;
        let report = played.obey(told).await;
        let mut text = serde_json::to_string(&report).map_err(|it| it.to_string())?;
        text.push('\n');
        let said = output.write_all(text.as_bytes()).await;
        if said.and(output.flush().await).is_err() {
            break;
        }
    }
    ledger.stop().await;
    Ok(())
}
