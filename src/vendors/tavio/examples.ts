export const exampleToken = '000a0000-a00a-00a0-a000-000000000000'

export const exampleUser = {
  id: '000a0000-a00a-00a0-a000-000000000001',
  username: 'username',
  email: 'user@example.com',
  firstName: 'First',
  lastName: 'John',
  status: 'active',
  mfaRequired: false,
  mfaConfigured: false,
  changePassword: false,
  invite_expired: false,
  favorite: [''],
}
