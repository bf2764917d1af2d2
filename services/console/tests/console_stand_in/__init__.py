"""Stand-ins at the wire: real gRPC servers with the services' contracts over data in memory."""
