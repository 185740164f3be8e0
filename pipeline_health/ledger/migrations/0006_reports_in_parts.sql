-- What a look sees of a project is mostly what the look before it saw. So each such line is kept once,
-- and each list of lines once: a quiet look adds a row that names its list. `lines` are ids of lines.
CREATE TABLE line (
  id INTEGER PRIMARY KEY,
  document TEXT NOT NULL
) STRICT;
CREATE TABLE roll (
  id INTEGER PRIMARY KEY,
  lines TEXT NOT NULL UNIQUE
) STRICT;

-- `document` is the report without its projects. Where `roll` is 0 the report was cut to its head;
-- where it is NULL an older version wrote it, whole: such ones are cut a few at a time.
ALTER TABLE report ADD COLUMN roll INTEGER;
CREATE INDEX report_lengthy ON report (id) WHERE roll IS NOT 0;
CREATE INDEX report_by_roll ON report (roll) WHERE roll > 0;

-- A letter is dropped by its age, too, should nobody have asked for it.
CREATE INDEX letter_by_time ON letter (at);
