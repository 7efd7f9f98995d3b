import { Type } from '@sinclair/typebox'
import type { Stage, VendorApp } from '../../vendor.js'
import { logIn } from '../credentials.js'
import { exampleAuthTokens } from '../examples.js'
import type { PortsipTypes } from '../fixture.js'
import { authentication, bodyRefusals, presenting, tokenRefusals } from '../operation.js'
import { authTokens } from '../render.js'
import { logIn as sample } from '../sample.js'
import { issuePair } from '../session.js'
import { sources } from '../sources.js'
import { beginSignIn, redeemCode, sendCode } from '../two-factor.js'
import {
  AuthTokens,
  LoginRequest,
  SendOtpRequest,
  SignInQuery,
  sendOtpPath,
  TwoFactor,
  VerifyOtpRequest,
  verifyOtpPath,
} from '../wire.js'

/** Signing in by password and, where the account wants it, by a code that is mailed. */
export function authSignIn(app: VendorApp, stage: Stage<PortsipTypes>): void {
  app.post(
    '/api/auth/sign_in',
    {
      schema: {
        operationId: 'signIn',
        summary: 'Sign in with credentials',
        consumes: ['application/json'],
        querystring: SignInQuery,
        body: LoginRequest,
        response: { 200: Type.Union([TwoFactor, AuthTokens]) },
      },
      config: {
        operation: {
          ...authentication,
          event: 'login',
          logIn: sample,
          answers: {
            200: {
              description: 'Tokens or, where the account has two-factor sign-in, the token to go on with',
              ...sources.authentication,
              assumed: ['what the tokens look like and how long they live', 'qr changes nothing'],
              example: exampleAuthTokens,
            },
          },
          refuses: [...bodyRefusals, 'unknown-account', 'wrong-password', 'account-locked'],
        },
      },
    },
    async (request) => {
      const realm = stage.realm(request)
      const account = await logIn(realm, stage.address(request), request.body)
      if (account.profile.two_factor_enabled) {
        return { two_factor_enabled: true as const, token: beginSignIn(realm, account) }
      }
      return authTokens(issuePair(realm, account), realm.clock.now())
    },
  )

  app.post(
    sendOtpPath,
    {
      schema: {
        operationId: 'sendOtp',
        summary: 'Send the code that a two-factor sign-in wants',
        consumes: ['application/json'],
        body: SendOtpRequest,
      },
      config: {
        operation: {
          ...authentication,
          sample: presenting('token'),
          answers: {
            200: {
              description: 'A code is in the outbox; without a body',
              ...sources.authentication,
              assumed: ['six digits, good for 300 seconds and five attempts', 'a new code ends the one before'],
            },
          },
          refuses: [...bodyRefusals, ...tokenRefusals],
        },
      },
    },
    (request, reply) => {
      sendCode(stage.realm(request), request.body.token)
      return reply.send()
    },
  )

  app.post(
    verifyOtpPath,
    {
      schema: {
        operationId: 'verifyOtp',
        summary: 'End a two-factor sign-in with its code',
        consumes: ['application/json'],
        body: VerifyOtpRequest,
        response: { 200: AuthTokens },
      },
      config: {
        operation: {
          ...authentication,
          event: 'login',
          // Nobody can read the code off the token; what is wrong with the token is seen all the same.
          sample: presenting('token', { code: '000000' }),
          answers: {
            200: {
              description: 'The tokens that sign_in gives without a second factor',
              ...sources.ours,
              example: exampleAuthTokens,
            },
          },
          refuses: [...bodyRefusals, ...tokenRefusals, 'wrong-password'],
        },
      },
    },
    (request) => {
      const realm = stage.realm(request)
      return authTokens(redeemCode(realm, request.body), realm.clock.now())
    },
  )
}
