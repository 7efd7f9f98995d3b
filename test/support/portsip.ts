import type { Given, Person, Trial } from './trial.js'

const asJson = (body: object) => ({ body: JSON.stringify(body), contentType: 'application/json' })

const lastCode = async (trial: Trial): Promise<string> =>
  (await trial.control('GET', '/outbox?vendor=portsip')).items.at(-1).code

/** How people get tokens that no header carries. */
export const giving: Readonly<Record<string, (trial: Trial, to: Person) => Promise<Given>>> = {
  refresh: async (trial, to) => {
    const { refresh_token: text, access_token: access } = (await trial.logIn('oauthToken', to)).json
    return { text, logOut: { authorization: `Bearer ${access}` } }
  },
  'two-factor': async (trial, to) => {
    await trial.change(to, { two_factor_enabled: true })
    const { token } = (await trial.logIn('signIn', to)).json
    await trial.call('sendOtp', asJson({ token }))
    return { text: token, fields: { code: await lastCode(trial) } }
  },
  'password-reset': async (trial, to) => {
    await trial.logIn('forgetPassword', to)
    return { text: await lastCode(trial) }
  },
}
