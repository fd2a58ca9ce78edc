//! What is made of a clock that was set back; see `clock`.

use rusqlite::params;

use super::lanes;
use super::session::Session;
use crate::clock::SLACK;
use crate::store::rank::Rank;
use crate::stores::sqlite::moments::{self, milliseconds};

/// Whether anything is due later than it can be. A moment lies ahead only where a task waits for it; those
/// are found by their index, and the few leases all.
pub(super) fn is_any_too_late(session: &mut Session<'_>) -> rusqlite::Result<bool> {
    let now = moments::now();
    let late = now.saturating_add(milliseconds(SLACK));
    for taker in takers(session)? {
        for rank in Rank::ALL {
            let waits = session.is_any(
                "SELECT 1 FROM tasks WHERE phase = 'waiting' AND taker = ?1 AND rank = ?2
                     AND due_at > ?3 AND due_at > ?3 + due_after LIMIT 1",
                params![taker, rank.to_i16(), late],
            )?;
            if waits {
                return Ok(true);
            }
        }
        let stands = session.is_any(
            "SELECT 1 FROM tasks WHERE phase = 'in line' AND taker = ?1
                 AND due_at > ?2 AND due_at > ?2 + due_after LIMIT 1",
            params![taker, late],
        )?;
        if stands {
            return Ok(true);
        }
    }
    session.is_any(
        "SELECT 1 FROM tasks WHERE lease_token >= ?1 AND phase = 'leased'
             AND lease_until > ?2 + lease_after
         UNION ALL SELECT 1 FROM processes WHERE seen_at > ?2 LIMIT 1",
        params![i64::MIN, late],
    )
}

fn takers(session: &mut Session<'_>) -> rusqlite::Result<Vec<i64>> {
    session.all("SELECT taker FROM takers", [], |row| row.get("taker"))
}

/// Lets what is due later than it can be wait anew; returns how many those were.
pub(super) fn mend(session: &mut Session<'_>) -> rusqlite::Result<usize> {
    session.wake();
    let now = moments::now();
    let slack = milliseconds(SLACK);
    let late = now.saturating_add(slack);
    let mut mended = 0;
    for taker in takers(session)? {
        for rank in Rank::ALL {
            mended += session.execute(
                "UPDATE tasks SET due_at = ?4 + due_after
                 WHERE phase = 'waiting' AND taker = ?1 AND rank = ?2
                     AND due_at > ?3 AND due_at > ?3 + due_after",
                params![taker, rank.to_i16(), late, now],
            )?;
        }
        let lanes = session.all(
            "UPDATE tasks SET due_at = ?3 + due_after WHERE phase = 'in line' AND taker = ?1
                 AND due_at > ?2 AND due_at > ?2 + due_after RETURNING lane",
            params![taker, late, now],
            |row| row.get::<_, String>("lane"),
        )?;
        mended += lanes.len();
        for lane in lanes {
            lanes::arrange(session, &lane, now)?;
        }
    }
    mended += session.execute(
        "UPDATE tasks SET lease_until = ?3 + lease_after
         WHERE lease_token >= ?1 AND phase = 'leased' AND lease_until > ?2 + lease_after",
        params![i64::MIN, late, now],
    )?;
    session.execute("UPDATE processes SET seen_at = ?2 WHERE seen_at > ?1", params![late, now])?;
    Ok(mended)
}
