/** The token of the wiki page "Access and Authentication". */
export const exampleToken =
  'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwOlwvXC9wcm9kdWN0ZGVtb3VybC5jb21cL2NvbW11bml0eVwvcHVibGljXC9hcGlcL3YxXC9hdXRoZW50aWNhdGUiLCJpYXQiOjE1MzUwMDcwMjIsImV4cCI6MTUzNTAwNzI2MiwibmJmIjoxNTM1MDA3MDIyLCJqdGkiOiJsU3E5N1JvVUtiRDBjelpsIiwic3ViIjoxLCJwcnYiOiI4N2UwYWYxZWY5ZmQxNTgxMmZkZWM5NzE1M2ExNGUwYjA0NzU0NmFhIn0.DUGRce3eS4EcKAaP-toTyzrkjq3zVxwdlDjfv5U2T9c'

/** The same login in release 1.9, with a signature of our own. */
export const exampleToken19 =
  'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOjEsImlzcyI6Imh0dHA6XC9cL3Byb2R1Y3RkZW1vdXJsLmNvbVwvY29tbXVuaXR5XC9wdWJsaWNcL2FwaVwvdjFcL2F1dGhlbnRpY2F0ZSIsImlhdCI6MTUzNTAwNzAyMiwiZXhwIjoxNTM1MDA3MjYyLCJuYmYiOjE1MzUwMDcwMjIsImp0aSI6ImFkMDYxZThhODdkOGY0MjE0YjQxZTkwYTZiMjExOTdiIn0.mNwmLK8Py_K8dxGZIXDM2hQXGwF7ixL3bPdSm7q0C1U'

/** The same login in release 2, with a signature of our own. */
export const exampleToken2 =
  'eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJodHRwOi8vcHJvZHVjdGRlbW91cmwuY29tL2NvbW11bml0eS9wdWJsaWMvYXBpL3YxL2F1dGhlbnRpY2F0ZSIsImlhdCI6MTUzNTAwNzAyMiwiZXhwIjoxNTM1MDA3MjYyLCJuYmYiOjE1MzUwMDcwMjIsImp0aSI6ImxTcTk3Um9VS2JEMGN6WmwiLCJzdWIiOiIxIiwicHJ2IjoiODdlMGFmMWVmOWZkMTU4MTJmZGVjOTcxNTNhMTRlMGIwNDc1NDZhYSJ9.G7l7h8chWBOYIx5SBxTV9V2yntQMoUDn-r6fFaPfwHg'

export const exampleUser = {
  id: 1,
  user_name: 'demoadmin',
  first_name: 'Demo',
  last_name: 'Admin',
  gender: 0,
  email: 'demoadmin@example.com',
  ban: 0,
  active: 1,
  is_delete: 0,
  ext: '',
  country_code: 0,
  phone_number: '',
  mobile: null,
  agent_sign: '',
  account_type: '',
  account_status: '',
  assign_group: 1,
  primary_dpt: 1,
  agent_tzone: '',
  daylight_save: '',
  limit_access: '',
  directory_listing: '',
  vacation_mode: '',
  company: '',
  role: 'admin',
  internal_note: '',
  profile_pic: 'https://secure.gravatar.com/avatar/b4bfa60e2b38b40cf980d30da5f6373b?s=80&r=g&d=identicon',
  created_at: '2018-08-13 14:22:49',
  updated_at: '2018-08-13 14:23:14',
  user_language: null,
}

const { user_language: _, ...user19 } = exampleUser

export const exampleUser19 = user19

export const exampleUser2 = {
  ...exampleUser,
  created_at: '2018-08-13T14:22:49.000000Z',
  updated_at: '2018-08-13T14:23:14.000000Z',
}
