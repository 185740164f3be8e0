-- A window whose end is past is kept for a while, so that its time can be told apart. No kind is
-- every kind: SQLite takes no NULL into a key.
CREATE TABLE maintenance (
  project TEXT NOT NULL,
  kind TEXT NOT NULL,
  since TEXT NOT NULL,
  until TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (project, kind, since)
) STRICT, WITHOUT ROWID;
CREATE INDEX maintenance_by_time ON maintenance (since, project, kind);
CREATE INDEX maintenance_by_end ON maintenance (until);

-- When a cycle looked is asked of thousands of reports at once, whose documents are large. One that
-- an older version wrote counts as finished when it began.
ALTER TABLE report ADD COLUMN finished_at TEXT;
ALTER TABLE report ADD COLUMN failed INTEGER;
DROP INDEX report_by_time;
CREATE INDEX report_by_time ON report (started_at, finished_at, failed);
