/** The mutation of a client that leads the reader to the provider's page. */
export const pledgeOperation = `mutation Pledge($input: PledgeInput!) {
  pledge(input: $input) {
    pledge { id status setupUrl amount { minorUnits currency } }
    userErrors { code message field }
  }
}`;
