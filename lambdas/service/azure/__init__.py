"""The service on Azure Functions: one app, two functions, the worker's Python v2 model."""
