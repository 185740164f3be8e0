-- One row at most: who writes, by which epoch, until when. It stays after a release, so that an
-- epoch is never given twice.
CREATE TABLE lease (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch INTEGER NOT NULL,
  held INTEGER NOT NULL CHECK (held IN (0, 1)),
  taken_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  nonce TEXT NOT NULL,
  pid INTEGER NOT NULL CHECK (pid BETWEEN 0 AND 2147483647),
  host TEXT NOT NULL,
  boot TEXT NOT NULL,
  started TEXT NOT NULL
) STRICT;

-- `document` is the incident; the other columns repeat what is looked for.
CREATE TABLE incident (
  fingerprint TEXT NOT NULL,
  nonce TEXT NOT NULL,
  project TEXT NOT NULL,
  phase TEXT NOT NULL,
  first_seen TEXT NOT NULL,
  resolved_at TEXT,
  document TEXT NOT NULL,
  PRIMARY KEY (fingerprint, nonce)
) STRICT;
CREATE INDEX incident_by_first_seen ON incident (first_seen, fingerprint, nonce);
CREATE INDEX incident_by_resolution ON incident (phase, resolved_at);

-- `id` is the order of writing; a clock that steps back does not change it.
CREATE TABLE trail (
  id INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  at TEXT NOT NULL,
  says TEXT NOT NULL
) STRICT;
CREATE INDEX trail_by_fingerprint ON trail (fingerprint, id);
CREATE INDEX trail_by_time ON trail (at);

CREATE TABLE memory (
  topic TEXT NOT NULL,
  key TEXT NOT NULL,
  fact TEXT NOT NULL,
  kept_at TEXT NOT NULL,
  PRIMARY KEY (topic, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX memory_by_time ON memory (kept_at);

CREATE TABLE intent (
  key TEXT PRIMARY KEY,
  of TEXT NOT NULL CHECK (of IN ('issue', 'comment')),
  fingerprint TEXT NOT NULL,
  repo TEXT NOT NULL,
  at TEXT NOT NULL,
  highest INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX intent_by_time ON intent (at, key);

CREATE TABLE report (
  id INTEGER PRIMARY KEY,
  cycle TEXT NOT NULL UNIQUE,
  started_at TEXT NOT NULL,
  document TEXT NOT NULL
) STRICT;
CREATE INDEX report_by_time ON report (started_at);
