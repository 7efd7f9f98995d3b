/** The sample of the page, with a hash that is really one of its password. */
export const exampleUser = {
  id: 1,
  uuid: '32ce1a5a-8e9c-4a20-afff-57c1deaee136',
  contact_id: 1,
  type: 'customer_employee',
  email: 'admin@thiio.com',
  email_verified_at: null,
  password: '$2y$10$GvKt2LbBsT0xUjoc5Qigoe4ebj9S7cApyxbdVA1RT0xukecuhUAbq',
  metadata: {
    language: 'en',
    dashboards: { default: 'set_up', favorites: ['set_up', 'default'] },
    date_format: 'DD/MM/YYYY',
    workspace_type: 'advanced',
    test_token_time: 30,
    worker_attributes: {
      lucas_uri: 'agent_1_admin',
      contact_uri: 'client:1_admin',
      inbound_calls: 0,
      inbound_conversations: 0,
    },
  },
  integrations_meta: null,
  dialer_extension: null,
  dialer_worker_sid: 'WK4a1887b78f41363a21d5e03f3171a873',
  dialer_activity_sid: 'WA993d72c19cd2b35bfc6e2cc9b2690348',
  dialer_activity_name: 'Idle',
  remember_token: null,
  welcome_email_sent: 0,
  two_factor_enabled: 0,
  two_factor_secret_key: null,
  deactivated_at: null,
  created_at: '2024-06-21 00:23:02',
  updated_at: '2024-06-24 12:33:14',
  deleted_at: null,
  uri: 'client:1_admin',
}

/** Header and payload in the form of the published token, both shortened. */
export const exampleToken = 'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJhdWQiOiIxIn0.d4fwmsSomnRsDv7l1Ly86D8hlpz2RHPb'
