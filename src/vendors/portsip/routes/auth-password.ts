import type { Stage, VendorApp } from '../../vendor.js'
import { byUsername, type PortsipTypes } from '../fixture.js'
import { authentication, bodyRefusals, presenting, tokenRefusals } from '../operation.js'
import { resetPassword, sendResetToken } from '../password-reset.js'
import { forget } from '../sample.js'
import { sources } from '../sources.js'
import { ForgetPasswordRequest, ResetPasswordRequest, resetPasswordPath } from '../wire.js'

const noAccount = { case: 'no such account', ...sources.ours }

/** A new password for whoever reads the account's mail. */
export function authPassword(app: VendorApp, stage: Stage<PortsipTypes>): void {
  app.post(
    '/api/auth/forget_password',
    {
      schema: {
        operationId: 'forgetPassword',
        summary: 'Send a token that sets a new password',
        consumes: ['application/json'],
        body: ForgetPasswordRequest,
      },
      config: {
        operation: {
          ...authentication,
          logIn: forget,
          answers: {
            200: {
              description: 'Where there is such an account, a token is in the outbox; without a body',
              ...sources.authentication,
              assumed: ['the token is good once, for 3600 seconds', 'callback_url is ignored'],
              weaker: [noAccount],
            },
          },
          refuses: bodyRefusals,
        },
      },
    },
    (request, reply) => {
      const realm = stage.realm(request)
      const { username, domain } = request.body
      const account = realm.accounts.findByLogin(byUsername(username, domain))
      if (account) sendResetToken(realm, account)
      else stage.weaken(request, noAccount)
      return reply.send()
    },
  )

  app.post(
    resetPasswordPath,
    {
      schema: {
        operationId: 'resetPassword',
        summary: 'Set a new password',
        consumes: ['application/json'],
        body: ResetPasswordRequest,
      },
      config: {
        operation: {
          ...authentication,
          sample: presenting('token', { new_password: 'An0ther-0ne' }),
          answers: {
            200: {
              description: 'The password is set and the token used; without a body',
              ...sources.authentication,
              assumed: ['tokens that were given before live on', 'other reset tokens of the account end'],
            },
          },
          refuses: [...bodyRefusals, ...tokenRefusals],
        },
      },
    },
    async (request, reply) => {
      const { token, new_password: newPassword } = request.body
      await resetPassword(stage.realm(request), { token, newPassword })
      return reply.send()
    },
  )
}
