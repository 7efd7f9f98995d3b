export const unbuilt = [
  {
    operation: 'sign-in by Microsoft 365 (/api/login/by_microsoft; in 22.2 /api/auth/sign_in/{provider})',
    why: 'leads to an identity provider that is not emulated',
  },
  {
    operation: 'tokens of version 16 (/api/tokens, its by_extension, refresh and destroy; /api/login/by_extension)',
    why: 'removed from the API in 22.0.38',
  },
  { operation: 'authorization code grant', why: 'the documents name it without an address or parameters' },
  { operation: 'telephony fields of the current user', why: 'GET /api/user is here to prove a token' },
]
