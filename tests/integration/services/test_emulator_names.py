"""What this platform leans on inside ministack: pinned in its lock, and held here by name.

A new version that has renamed or reshaped one of these fails here, not in a deployment.
"""

from __future__ import annotations

import json
import subprocess

import pytest
from pilaster_local.services.platform import Platform

pytestmark = [pytest.mark.integration, pytest.mark.enable_socket]

CALLED = {
    # Replaced or wrapped: the first parameters, in order.
    "ministack.services.lambda_svc._execute_function_warm": "func event request_id",
    "ministack.services.lambda_svc._execute_function_docker": "func event request_id",
    "ministack.services.lambda_svc._execute_function_provided": "func event request_id",
    "ministack.services.lambda_svc._execute_function_provided_warm": "func event request_id",
    "ministack.services.lambda_svc._execute_function_proxy": "func event url request_id",
    "ministack.services.lambda_svc._emit_lambda_logs": "func request_id log_text error",
    "ministack.services.lambda_svc._create_esm": "data",
    "ministack.services.lambda_svc.invalidate_worker": "func_name qualifier",
    "ministack.services.lambda_svc.lambda_execute_result_to_api_proxy_response": "exec_result",
    "ministack.services.lambda_svc.reset": "",
    "ministack.services.lambda_svc._write_code_blob": "code_zip",
    "ministack.services.sqs._queue_url": "name",
    "ministack.services.apigateway._invoke_lambda_proxy": (
        "integration api_id stage path method headers body query_params route_key path_params"
    ),
    "ministack.services.apigateway.handle_execute": (
        "api_id stage path method headers body query_params raw_query_string"
    ),
    "ministack.services.apigateway_v1.handle_execute": "api_id",
    "ministack.services.apigateway._invoke_ws_lambda": (
        "api_id account_id region route stage connection_id event_type message_id"
    ),
    "ministack.services.apigateway._authorize_ws_connect": (
        "api_id route request_context headers query_params account_id region"
    ),
    "ministack.services.apigateway.handle_websocket": "scope receive send api_id path_override",
    "ministack.services.apigateway.handle_connections_api": (
        "method api_id stage connection_id body headers"
    ),
    "ministack.services.lambda_svc._execute_function": "func event",
    "ministack.core.lambda_runtime.get_or_create_worker": "func_name config code_zip qualifier",
    "ministack.services.apigateway._match_route": "api_id method path",
    "ministack.services.apigateway._validate_jwt_authorizer": (
        "route authorizer headers query_params"
    ),
    "ministack.services.apigateway.new_uuid": "",
    "ministack.services.apigateway._create_stage": "api_id data",
    "ministack.services.apigateway._update_stage": "api_id stage_name data",
    "ministack.services.elasticache._create_serverless_cache": "p",
    "ministack.services.elasticache._delete_serverless_cache": "p",
    "ministack.services.elasticache._create_user": "p",
    "ministack.services.elasticache._ensure_live_containers": "",
    "ministack.services.elasticache._get_docker": "",
    "ministack.services.elasticache._serverless_cache_xml": "c",
    "ministack.services.elasticache._user_xml": "u",
    "ministack.core.iam_evaluator.resolve_credential": "access_key_id account_id session_token",
    "ministack.services.eventbridge._invoke_target": "target event rule view",
    "ministack.services.stepfunctions._execute_task": "state_def raw_input execution ctx",
    "ministack.services.stepfunctions._invoke_resource": "resource input_data",
    "ministack.services.stepfunctions._invoke_resource_with_timeout": "resource input_data timeout",
    "ministack.services.stepfunctions._invoke_with_callback": "resource input_data token state_def",
    "ministack.services.stepfunctions._execute_map": "state_def raw_input execution ctx",
    "ministack.services.stepfunctions._execute_parallel": "state_def raw_input execution ctx",
    "ministack.services.stepfunctions._execute_wait": "state_def raw_input ctx",
    "ministack.services.stepfunctions._run_sub_machine": "states start_at input_data execution ctx",
    "ministack.services.stepfunctions._find_matching_retrier": "retriers error retry_counts",
    "ministack.services.stepfunctions._scaled_sleep": "seconds",
    "ministack.services.stepfunctions._run_execution": "exec_arn",
    "ministack.services.stepfunctions._fail_execution": "execution error cause",
    "ministack.services.stepfunctions._stop_execution": "data",
    "ministack.services.stepfunctions._send_task_success": "data",
    "ministack.services.stepfunctions._send_task_failure": "data",
    "ministack.services.stepfunctions._send_task_heartbeat": "data",
    "ministack.services.stepfunctions._emit_execution_status_event": "execution",
    "ministack.services.stepfunctions.new_uuid": "",
    "ministack.services.stepfunctions.get_state": "",
    "ministack.services.dynamodb.get_state": "",
    "ministack.services.dynamodb.load_persisted_state": "data",
    "ministack.services.dynamodb.stream_end_position": "table_name account_id region",
    "ministack.services.lambda_svc._dynamodb_stream_table_from_arn_spec": "spec",
    "ministack.services.stepfunctions._add_event": "execution event_type details",
    "ministack.services.stepfunctions._start_execution": "data",
    "ministack.services.cognito._send_verification_email": "pool username",
    "ministack.services.athena._table_relation": "table_data files",
    "ministack.services.athena._rewrite_data_paths": "query database catalog",
    "ministack.services.athena._empty_relation": "table_data",
    "ministack.services.athena._execute_query": "query_id query database ddl catalog",
    "ministack.services.athena._start_query_execution": "data",
    "ministack.services.ses._message_rejection": "sender recipients",
    "ministack.core.iam_actions._ses_v2_resource_arn": "method path body region account_id",
    "ministack.services.rds._get_docker": "",
    "ministack.services.rds._apply_cluster_master_password_change": "cluster new_pass",
    "ministack.services.rds_data._has_real_endpoint": "instance",
    "ministack.services.rds_data._connect": "instance engine database password username",
    "ministack.app._load_persisted_state": "",
    # Called.
    "ministack.app._build_persistence_save_dict": "",
    "ministack.core.persistence.save_all": "services",
    "ministack.core.router.detect_service": "method path headers query_params",
    "ministack.core.router.extract_access_key_id": "headers query_params",
    "ministack.core.iam_evaluator.is_root_access_key": "access_key_id",
    "ministack.core.iam_evaluator.resolve_principal": "access_key_id account_id",
    "ministack.core.iam_evaluator.evaluate": "ctx policies",
    "ministack.core.iam_evaluator.evaluate_resource_policy": "doc ctx service",
    "ministack.core.iam_evaluator._gather_role_policies": "role_name account_id",
    "ministack.core.iam_evaluator._permissions_boundary": "store name account_id",
    "ministack.core.iam_actions.identity_denial_message": "action principal_arn resource",
    "ministack.core.rds_iam.verify_rds_iam_token": "token hostname port db_user region account_id",
    "ministack.core.sigv4.decode_header_value": "value",
    "ministack.core.responses.request_scope": "account_id region",
    "ministack.services.sts.register_session": "access_key session",
    "ministack.services.sqs._queue_by_arn": "arn",
    "ministack.services.athena._data_format": "table_data",
    "ministack.services.athena._path_partition_keys": "table_data files",
    "ministack.services.athena._hive_options": "partitions",
    "ministack.services.athena._duckdb_type": "column",
    "ministack.services.athena._sql_list": "paths",
    "ministack.services.athena._sql_tokens": "sql",
    "ministack.services.athena.error_response_json": "code message status",
    "ministack.services.stepfunctions._execute_pass": "state_def raw_input ctx",
    "ministack.services.stepfunctions._execute_choice": "state_def raw_input ctx",
    "ministack.services.stepfunctions._apply_input_path": "state_def data ctx",
    "ministack.services.stepfunctions._apply_output_path": "state_def data ctx",
    "ministack.services.stepfunctions._fail_state_error": "state_def raw_input ctx",
    "ministack.services.stepfunctions._resolve_path": "path data",
    "ministack.services.stepfunctions.now_iso": "",
    "ministack.services.lambda_svc._get_func_record_for_ref": "",
    "ministack.services.lambda_svc._resolve_existing_esm_function": "",
    "ministack.services.lambda_svc._xray_trace_id_for_invocation": "config",
    "ministack.services.apigateway._extract_lambda_ref_from_integration_uri": "",
    "ministack.services.apigateway._extract_token_from_identity_source": (
        "identity_source headers query_params"
    ),
    "ministack.services.apigateway.find_api_scope": "api_id",
    "ministack.services.apigateway.stages_for_api": "api_id",
    "ministack.services.lambda_svc._get_func_record_for_ref_in_scope": (
        "function_ref account_id region"
    ),
    "ministack.services.apigateway._apigw_error": "code message status",
    "ministack.services.cloudwatch_logs._create_log_stream": "data",
    "ministack.services.cloudwatch_logs._put_log_events": "data",
    "ministack.services.rds._cluster_xml": "c",
    "ministack.services.rds._resolve_cluster_in_request_region": "cluster_id",
}
HELD = (
    *("lambda_svc._functions", "stepfunctions._state_machines", "stepfunctions._ExecutionError"),
    *("stepfunctions._task_tokens", "stepfunctions._SFN_WAIT_SCALE"),
    *("rds._clusters", "rds._instances", "rds._ACTION_MAP", "rds._db_cluster_param_groups"),
    *("rds._MINISTACK_HOST", "cognito._user_pools", "ses._sent_emails", "iam._roles"),
    *("sqs._queues", "stepfunctions._executions", "apigateway._apis", "apigateway._stages"),
    *("apigateway._routes", "cloudwatch_logs._log_groups", "cloudwatch_logs._log_records"),
    *("cloudwatch_logs._log_events_lock", "apigateway._ws_connections"),
    *("sqs._HANDLERS", "sqs._Err", "sqs.esm_wake"),
    *("dynamodb._stream_records", "dynamodb._stream_trimmed"),
    *("lambda_svc._dynamodb_stream_positions", "lambda_svc._esms"),
    *("athena._executions", "athena._workgroups", "glue._partitions"),
    *("apigateway._route_responses", "apigateway._authorizers", "apigateway._integrations"),
)
LOOK = """
import importlib, inspect, json, sys
called, held = json.load(sys.stdin)
found = {}
for name in called:
    module, _, attribute = name.rpartition(".")
    function = getattr(importlib.import_module(module), attribute, None)
    found[name] = function and list(inspect.signature(function).parameters)
for name in held:
    module, _, attribute = name.rpartition(".")
    found[name] = hasattr(importlib.import_module("ministack.services." + module), attribute)
print(json.dumps(found))
"""


def test_what_is_replaced_in_the_emulator_is_there(platform: Platform):
    python = platform.root / ".pilaster/emulator/bin/python"
    answer = subprocess.run(
        [str(python), "-I", "-c", LOOK],
        input=json.dumps([list(CALLED), list(HELD)]),
        capture_output=True,
        text=True,
        check=True,
        env={"PERSIST_STATE": "0"},
    )
    found = json.loads(answer.stdout.splitlines()[-1])
    changed = {
        name: found[name]
        for name, parameters in CALLED.items()
        if found[name] is None or found[name][: len(parameters.split())] != parameters.split()
    }
    assert not changed, "a name of ministack that is replaced has changed"
    assert not [name for name in HELD if not found[name]]
