-- One row at most: what people know, as one document that is replaced as a whole.
CREATE TABLE told (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  document TEXT NOT NULL
) STRICT;

-- A notice on its way to one receiver. Numbers are not given twice, because they are what tells one
-- letter from another that was dropped.
CREATE TABLE letter (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  receiver TEXT NOT NULL,
  at TEXT NOT NULL,
  document TEXT NOT NULL
) STRICT;
