/** The client under test: whether a session is still good. Its base URL and its token come from outside. */
exports.isSignedIn = async (baseUrl, token) => {
  const response = await fetch(`${baseUrl}/v1/acme/me`, { headers: { authorization: `Bearer ${token}` } })
  return response.ok
}
