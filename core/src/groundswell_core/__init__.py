"""What every Groundswell service shares: settings, logs, errors, Kafka, MongoDB, gRPC, plugin contract."""
