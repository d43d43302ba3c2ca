grant rds_iam to service_api;
