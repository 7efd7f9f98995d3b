/** The client under test, which calls the vendor and can be told no other. */
export async function login(username, password) {
  const response = await fetch('https://api.integrationmarketplace.io/v1/acme/auth/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username, password }),
  })
  return response.json()
}
