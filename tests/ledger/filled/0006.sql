INSERT INTO lease VALUES (
  1, 7, 1, '2026-03-01T12:00:00.250000+00:00', '2026-03-01T12:05:00.250000+00:00',
  'gone', 1, 'elsewhere', 'boot', '1'
);
INSERT INTO incident VALUES (
  'shop-ci', 'n1', 'shop', 'open', '2026-03-01T12:00:00.250000+00:00', NULL,
  '{"fingerprint":"shop-ci","nonce":"n1","kind":"main-ci-red","project":"shop","repo":"acme/shop",
    "scope":"acme/shop@main","phase":"open",
    "cause":{"of":"unknown","key":"CI","owner":"agent","why":"no signature fits"},
    "first_seen":"2026-03-01T12:00:00.250000Z","first_failed_at":"2026-03-01T11:58:00Z",
    "ailments":[{
      "symptom":{"kind":"main-ci-red","scope":"acme/shop@main",
                 "subject":{"thing":"workflow","name":"CI"}},
      "failed_at":"2026-03-01T11:58:00Z","commit":null,
      "trace":{"url":"https://example.test/run/7","of":"link"},
      "says":"CI failed"}],
    "title":"Main CI red: CI (shop)"}'
);
INSERT INTO trail (fingerprint, at, says) VALUES
  ('shop-ci', '2026-03-01T12:00:00.250000+00:00', 'opened'),
  ('shop-ci', '2026-03-01T12:01:00.250000+00:00', 'told');
INSERT INTO memory VALUES ('repo', 'acme/shop', 'R_1', '2026-03-01T12:00:00.250000+00:00');
INSERT INTO intent VALUES (
  'n1', 'issue', 'shop-ci', 'acme/shop', '2026-03-01T12:00:00.250000+00:00', 41
);
INSERT INTO line (id, document) VALUES (1, '{"name":"shop","repo":"acme/shop","healthy":["CI passed"]}');
INSERT INTO roll (id, lines) VALUES (1, '1');
INSERT INTO report (cycle, started_at, document, finished_at, failed, roll) VALUES (
  'c1', '2026-03-01T12:00:00.250000+00:00',
  '{"cycle":"c1","started_at":"2026-03-01T12:00:00.250000Z",
    "finished_at":"2026-03-01T12:01:00.250000Z","sentence":"All is well."}',
  '2026-03-01T12:01:00.250000+00:00', 0, 1
);
INSERT INTO maintenance VALUES (
  'shop', 'main-ci-red', '2026-03-01T12:00:00.250000+00:00', '2026-03-01T14:00:00.250000+00:00',
  'a new database'
);
INSERT INTO told VALUES (1, '{"concerns":[{
  "key":"incident shop-ci n1","topic":"incident","project":"shop","says":"Main CI red: CI (shop)",
  "url":"https://example.test/12","owner":"human","late":false,
  "told_at":"2026-03-01T12:00:00.250000Z"}]}');
INSERT INTO letter (receiver, at, document) VALUES (
  'ntfy', '2026-03-01T12:00:00.250000+00:00',
  '{"kind":"new","title":"For you: Main CI red: CI (shop)","body":"Main CI red: CI (shop)",
    "url":"https://example.test/12","priority":4,"tags":["warning"]}'
);
INSERT INTO parent VALUES (
  'many', 'p1', 'open', '2026-03-01T12:00:00.250000+00:00', NULL,
  '{"fingerprint":"many","nonce":"p1","repo":"acme/operations","title":"Many projects at once",
    "cause":null,"phase":"open","first_seen":"2026-03-01T12:00:00.250000Z","members":[]}'
);
