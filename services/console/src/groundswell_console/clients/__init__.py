"""What the console asks of the other services, one file a service's noun."""
