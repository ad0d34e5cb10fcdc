"""The embedded host: runs an Azure Functions app on one machine, without Azure."""

__version__ = "0.1.0"
