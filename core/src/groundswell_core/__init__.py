"""What every Groundswell service shares: settings, logs, errors, Kafka, MongoDB, gRPC, plugin contract."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("groundswell-core")
except PackageNotFoundError:  # run from a plain source folder
    __version__ = "0"
