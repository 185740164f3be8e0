-- A re-run of failed jobs is noted before it is sent, as issues and comments are. SQLite cannot
-- change a CHECK, so that the table is made anew.
CREATE TABLE intent_of_any (
  key TEXT PRIMARY KEY,
  of TEXT NOT NULL CHECK (of IN ('issue', 'comment', 'rerun')),
  fingerprint TEXT NOT NULL,
  repo TEXT NOT NULL,
  at TEXT NOT NULL,
  highest INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO intent_of_any SELECT key, of, fingerprint, repo, at, highest FROM intent;
DROP TABLE intent;
ALTER TABLE intent_of_any RENAME TO intent;
CREATE INDEX intent_by_time ON intent (at, key);
