-- An incident of many projects: its members are in the document, by their fingerprints.
CREATE TABLE parent (
  fingerprint TEXT NOT NULL,
  nonce TEXT NOT NULL,
  phase TEXT NOT NULL,
  first_seen TEXT NOT NULL,
  resolved_at TEXT,
  document TEXT NOT NULL,
  PRIMARY KEY (fingerprint, nonce)
) STRICT;
CREATE INDEX parent_by_first_seen ON parent (first_seen, fingerprint, nonce);
CREATE INDEX parent_by_end ON parent (resolved_at) WHERE phase = 'resolved';
