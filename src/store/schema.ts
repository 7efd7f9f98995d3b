/** `Udst` in ASCII: tells a world's file from any other SQLite file. */
export const applicationId = 0x55647374
export const userVersion = 2

/** What finds the names of an account; nothing asks for them while a world is being filled. */
export const loginsByAccount = 'CREATE INDEX login_of_account ON login (vendor, account);'

/** The schema without `loginsByAccount`. */
export const tables = `
CREATE TABLE account (
  vendor TEXT NOT NULL, id TEXT NOT NULL, state TEXT NOT NULL, password_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, profile TEXT NOT NULL,
  UNIQUE (vendor, id)
) STRICT;
CREATE TABLE login (
  vendor TEXT NOT NULL, tenant TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, account TEXT NOT NULL,
  PRIMARY KEY (vendor, kind, key, tenant)
) STRICT, WITHOUT ROWID;
CREATE TABLE token (
  vendor TEXT NOT NULL, id TEXT NOT NULL, digest BLOB NOT NULL, kind TEXT NOT NULL, account TEXT NOT NULL,
  tenant TEXT, issued_at INTEGER NOT NULL, expires_at INTEGER, revoked_at INTEGER, family TEXT, facts TEXT NOT NULL,
  signed_by INTEGER, forged TEXT, issued_by TEXT, revoked_by TEXT,
  UNIQUE (digest, vendor), UNIQUE (vendor, id)
) STRICT;
CREATE INDEX token_of_account ON token (vendor, kind, account);
CREATE INDEX token_of_family ON token (vendor, family) WHERE family IS NOT NULL;
CREATE TABLE counter (
  vendor TEXT NOT NULL, purpose TEXT NOT NULL, value INTEGER NOT NULL,
  PRIMARY KEY (vendor, purpose)
) STRICT, WITHOUT ROWID;
CREATE TABLE window (
  vendor TEXT NOT NULL, purpose TEXT NOT NULL, key TEXT NOT NULL, count INTEGER NOT NULL, ends_at INTEGER,
  PRIMARY KEY (vendor, purpose, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE signing_key (
  number INTEGER PRIMARY KEY, vendor TEXT NOT NULL, purpose TEXT NOT NULL, material TEXT NOT NULL,
  published INTEGER NOT NULL, retires_at INTEGER
) STRICT;
CREATE TABLE realm (
  vendor TEXT NOT NULL PRIMARY KEY, facts TEXT NOT NULL, settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE message (
  vendor TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, account TEXT NOT NULL, kind TEXT NOT NULL,
  code TEXT NOT NULL, expires_at INTEGER NOT NULL,
  UNIQUE (vendor, id)
) STRICT;
CREATE TABLE meta (
  name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE journal (
  number INTEGER PRIMARY KEY, entry TEXT NOT NULL
) STRICT;
CREATE TABLE base_page (
  number INTEGER PRIMARY KEY, bytes BLOB NOT NULL
) STRICT;
PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${userVersion};
`

/** Small pages, because most worlds are small: of a table that holds nothing, one is kept all the same. */
export const smallPages = 'PRAGMA page_size = 1024;'

/** What SQLite and file systems read and write fastest. */
export const largePages = 'PRAGMA page_size = 4096;'

export const schema = `${smallPages} ${tables} ${loginsByAccount}`
