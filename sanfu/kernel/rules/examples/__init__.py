"""Cases with known answers: golden cases beside a document, and lists of cases from elsewhere."""
