import { graphql } from '../graphql/generated/gql.ts';

export const OwnSessionsDocument = graphql(`
  fragment OwnSessions on Viewer {
    sessions {
      id
      createdAt
      usedAt
      userAgent
      browser
      system
      network
      usedNetwork
      isCurrent
    }
  }
`);

export const OwnPasskeysDocument = graphql(`
  fragment OwnPasskeys on Viewer {
    passkeys {
      id
      name
      createdAt
      usedAt
    }
    recoveryCodesLeft
    mustProveSecondFactor
  }
`);

export const LinkedLoginsDocument = graphql(`
  fragment LinkedLogins on Viewer {
    mustSignInOtherwise
    linkedLogins {
      id
      name
      isUsable
      linkedAt
      usedAt
    }
  }
`);

export const AccountDocument = graphql(`
  query Account {
    viewer {
      id
      name
      email
      isEmailConfirmed
      mustConfirmEmail
      eraseAt
      listsComments
      canSendPicture
      pendingEmail {
        email
        expiresAt
      }
      hasPassword
      restsOnAnotherSite
      ...OwnSessions @unmask
      ...OwnPasskeys @unmask
      ...LinkedLogins @unmask
    }
  }
`);

export const ChangeName = graphql(`
  mutation ChangeName($input: ChangeNameInput!) {
    changeName(input: $input) {
      viewer {
        id
        name
        commentAuthor {
          id
          name
          sharesNameWithJournalist
        }
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const ChangeCommentList = graphql(`
  mutation ChangeCommentList($input: ChangeCommentListInput!) {
    changeCommentList(input: $input) {
      viewer {
        id
        listsComments
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const RemovePicture = graphql(`
  mutation RemovePicture {
    removePicture {
      viewer {
        id
        commentAuthor {
          id
          avatarUrl
        }
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const ChangeEmail = graphql(`
  mutation ChangeEmail($input: ChangeEmailInput!) {
    changeEmail(input: $input) {
      expiresAt
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const ChangePassword = graphql(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) {
      viewer {
        id
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

export const LinkLogin = graphql(`
  mutation LinkLogin($input: LinkLoginInput!) {
    linkLogin(input: $input) {
      viewer {
        id
        ...LinkedLogins
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const UnlinkLogin = graphql(`
  mutation UnlinkLogin($input: UnlinkLoginInput!) {
    unlinkLogin(input: $input) {
      viewer {
        id
        ...LinkedLogins
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const EndSession = graphql(`
  mutation EndSession($input: EndSessionInput!) {
    endSession(input: $input) {
      viewer {
        id
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

export const EndOtherSessions = graphql(`
  mutation EndOtherSessions {
    endOtherSessions {
      viewer {
        id
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

export const RequestErasure = graphql(`
  mutation RequestErasure {
    requestErasure {
      viewer {
        id
        eraseAt
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const CancelErasure = graphql(`
  mutation CancelErasure {
    cancelErasure {
      viewer {
        id
        eraseAt
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);
