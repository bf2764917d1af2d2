"""What tests of every distribution share: real servers, a fake clock, keys, the contract kit."""
