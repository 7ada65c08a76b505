import { graphql } from '../graphql/generated/gql.ts';

export const BeginPasskeyProof = graphql(`
  mutation BeginPasskeyProof {
    beginPasskeyProof {
      options
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const ProveByPasskey = graphql(`
  mutation ProveByPasskey($input: ProveByPasskeyInput!) {
    proveByPasskey(input: $input) {
      provenUntil
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const BeginAddPasskey = graphql(`
  mutation BeginAddPasskey {
    beginAddPasskey {
      options
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const AddPasskey = graphql(`
  mutation AddPasskey($input: AddPasskeyInput!) {
    addPasskey(input: $input) {
      passkey {
        name
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const RenamePasskey = graphql(`
  mutation RenamePasskey($input: RenamePasskeyInput!) {
    renamePasskey(input: $input) {
      viewer {
        id
        ...OwnPasskeys
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const RemovePasskey = graphql(`
  mutation RemovePasskey($input: RemovePasskeyInput!) {
    removePasskey(input: $input) {
      viewer {
        id
        ...OwnPasskeys
        ...OwnSessions
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const CreateRecoveryCodes = graphql(`
  mutation CreateRecoveryCodes {
    createRecoveryCodes {
      codes
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const BeginPasskeySignIn = graphql(`
  mutation BeginPasskeySignIn {
    beginPasskeySignIn {
      options
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const FinishPasskeySignIn = graphql(`
  mutation FinishPasskeySignIn($input: FinishPasskeySignInInput!) {
    finishPasskeySignIn(input: $input) {
      session {
        accessToken
        refreshToken
        expiresAt
      }
      viewer {
        id
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const SignInWithRecoveryCode = graphql(`
  mutation SignInWithRecoveryCode($input: SignInWithRecoveryCodeInput!) {
    signInWithRecoveryCode(input: $input) {
      session {
        accessToken
        refreshToken
        expiresAt
      }
      viewer {
        id
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);
