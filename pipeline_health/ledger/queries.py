"""Every statement that the ledger runs; a test asks SQLite for the index that each of them uses."""

LEASE = "SELECT epoch, held, taken_at, expires_at FROM lease WHERE id = 1"
LEASE_HOLDER = "SELECT nonce, pid, host, boot, started FROM lease WHERE id = 1"
TAKE_LEASE = """
INSERT OR REPLACE INTO lease
  (id, epoch, held, taken_at, expires_at, nonce, pid, host, boot, started)
VALUES (1, ?, 1, ?, ?, ?, ?, ?, ?, ?)
"""
RENEW_LEASE = """
UPDATE lease SET expires_at = ? WHERE id = 1 AND held = 1 AND epoch = ? AND nonce = ?
"""
RELEASE_LEASE = """
UPDATE lease SET held = 0 WHERE id = 1 AND held = 1 AND epoch = ? AND nonce = ?
"""
OUR_LEASE = """
SELECT epoch FROM lease WHERE id = 1 AND held = 1 AND epoch = ? AND nonce = ?
"""

INCIDENTS = """
SELECT document, fingerprint FROM incident ORDER BY first_seen, fingerprint, nonce
"""
KEEP_INCIDENT = """
INSERT INTO incident (fingerprint, nonce, project, phase, first_seen, resolved_at, document)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (fingerprint, nonce) DO UPDATE SET
  project = excluded.project,
  phase = excluded.phase,
  first_seen = excluded.first_seen,
  resolved_at = excluded.resolved_at,
  document = excluded.document
WHERE document <> excluded.document
"""

PARENTS = "SELECT document, fingerprint FROM parent ORDER BY first_seen, fingerprint, nonce"
KEEP_PARENT = """
INSERT INTO parent (fingerprint, nonce, phase, first_seen, resolved_at, document)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (fingerprint, nonce) DO UPDATE SET
  phase = excluded.phase,
  first_seen = excluded.first_seen,
  resolved_at = excluded.resolved_at,
  document = excluded.document
WHERE document <> excluded.document
"""

TRAIL = "SELECT at, says FROM trail WHERE fingerprint = ? ORDER BY id"
LAST_OF_TRAIL = "SELECT says FROM trail WHERE fingerprint = ? ORDER BY id DESC LIMIT 1"
EXTEND_TRAIL = "INSERT INTO trail (fingerprint, at, says) VALUES (?, ?, ?)"
SHORTEN_TRAIL = """
DELETE FROM trail WHERE fingerprint = ?1 AND id <= (
  SELECT id FROM trail WHERE fingerprint = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2
)
"""

RECALL = "SELECT fact, kept_at FROM memory WHERE topic = ? AND key = ?"
TOPIC = "SELECT key, fact, kept_at FROM memory WHERE topic = ?"
REMEMBER = "INSERT OR REPLACE INTO memory (topic, key, fact, kept_at) VALUES (?, ?, ?, ?)"
FORGET = "DELETE FROM memory WHERE topic = ? AND key = ?"

INTENTS = "SELECT key, of, fingerprint, repo, at, highest FROM intent ORDER BY at, key"
INTEND = """
INSERT OR REPLACE INTO intent (key, of, fingerprint, repo, at, highest) VALUES (?, ?, ?, ?, ?, ?)
"""
SETTLE = "DELETE FROM intent WHERE key = ?"

REPORTS = """
SELECT report.document, report.cycle, report.roll, roll.lines FROM report
LEFT JOIN roll ON roll.id = report.roll ORDER BY report.id DESC LIMIT ?
"""
RECORD = """
INSERT OR REPLACE INTO report (cycle, started_at, document, finished_at, failed, roll)
VALUES (?, ?, ?, ?, ?, ?)
"""
LINE = "SELECT document FROM line WHERE id = ?"
LINES = "SELECT id, document FROM line"
LINE_NUMBERS = "SELECT id FROM line"
KEEP_LINE = "INSERT INTO line (document) VALUES (?) RETURNING id"
DROP_LINE = "DELETE FROM line WHERE id = ?"
ROLL = "SELECT id FROM roll WHERE lines = ?"
ROLLS = "SELECT lines FROM roll"
KEEP_ROLL = "INSERT INTO roll (lines) VALUES (?) RETURNING id"
DROP_ROLLS = """
DELETE FROM roll WHERE NOT EXISTS (
  SELECT 1 FROM report WHERE report.roll = roll.id AND report.roll > 0
)
"""
LENGTHY = """
SELECT id, document FROM report WHERE roll IS NOT 0 AND id <= (
  SELECT id FROM report ORDER BY id DESC LIMIT 1 OFFSET ?
) ORDER BY id LIMIT ?
"""
SHORTEN = "UPDATE report SET document = ?, roll = 0 WHERE id = ?"
LOOKS = "SELECT started_at, finished_at, failed FROM report ORDER BY started_at"

WINDOWS = """
SELECT project, kind, since, until, reason FROM maintenance ORDER BY since, project, kind
"""
OPEN_WINDOW = """
SELECT project, kind, since, until, reason FROM maintenance
WHERE project = ? AND kind = ? AND until > ?
"""
KEEP_WINDOW = """
INSERT INTO maintenance (project, kind, since, until, reason) VALUES (?, ?, ?, ?, ?)
"""
END_WINDOW = "UPDATE maintenance SET until = ? WHERE project = ? AND kind = ? AND until > ?"
DROP_LATER_WINDOWS = "DELETE FROM maintenance WHERE project = ? AND kind = ? AND since >= ?"

PRUNE_REPORTS = "DELETE FROM report WHERE started_at < ?"
PRUNE_INCIDENTS = "DELETE FROM incident WHERE phase = 'resolved' AND resolved_at < ?"
PRUNE_PARENTS = "DELETE FROM parent WHERE phase = 'resolved' AND resolved_at < ?"
PRUNE_TRAILS = """
DELETE FROM trail WHERE at < ? AND NOT EXISTS (
  SELECT 1 FROM incident WHERE incident.fingerprint = trail.fingerprint
) AND NOT EXISTS (
  SELECT 1 FROM parent WHERE parent.fingerprint = trail.fingerprint
)
"""
PRUNE_INTENTS = "DELETE FROM intent WHERE at < ?"
PRUNE_LETTERS = "DELETE FROM letter WHERE at < ?"
PRUNE_MEMORY = "DELETE FROM memory WHERE kept_at < ?"
PRUNE_WINDOWS = "DELETE FROM maintenance WHERE until < ?"

TOLD = "SELECT document FROM told WHERE id = 1"
KEEP_TOLD = "INSERT OR REPLACE INTO told (id, document) VALUES (1, ?)"
LETTERS = "SELECT id, receiver, at, document FROM letter ORDER BY id"
POST = "INSERT INTO letter (receiver, at, document) VALUES (?, ?, ?)"
DROP_LETTER = "DELETE FROM letter WHERE id = ?"
