/** `Udst` in ASCII: tells a world's file from any other SQLite file. */
export const applicationId = 0x55647374
export const userVersion = 1

export const schema = `
CREATE TABLE account (
  vendor TEXT NOT NULL, id TEXT NOT NULL, state TEXT NOT NULL, password_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, profile TEXT NOT NULL,
  UNIQUE (vendor, id)
) STRICT;
CREATE TABLE login (
  vendor TEXT NOT NULL, tenant TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, account TEXT NOT NULL,
  PRIMARY KEY (vendor, tenant, kind, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE token (
  vendor TEXT NOT NULL, id TEXT NOT NULL, digest BLOB NOT NULL, kind TEXT NOT NULL, account TEXT NOT NULL,
  tenant TEXT, issued_at INTEGER NOT NULL, expires_at INTEGER, revoked_at INTEGER, family TEXT, facts TEXT NOT NULL,
  UNIQUE (vendor, digest), UNIQUE (vendor, id)
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
  vendor TEXT NOT NULL, material TEXT NOT NULL, published INTEGER NOT NULL
) STRICT;
CREATE TABLE realm (
  vendor TEXT NOT NULL PRIMARY KEY, facts TEXT NOT NULL, settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;
PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${userVersion};
`
