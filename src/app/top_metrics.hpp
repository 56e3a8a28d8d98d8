#pragma once

#include <string_view>

/// The metrics that `assay top` reads, and their labels.
namespace assay::app::top_metrics {

inline constexpr std::string_view kRequestDuration = "http_server_request_duration_seconds";
inline constexpr std::string_view kPart = "part";
inline constexpr std::string_view kMethod = "http_request_method";
inline constexpr std::string_view kRoute = "http_route";
inline constexpr std::string_view kStatus = "http_response_status_code";
inline constexpr std::string_view kOpenConnections = "http_server_open_connections";

inline constexpr std::string_view kReadiness = "assay_readiness";
inline constexpr std::string_view kProcessorTime = "process_cpu_seconds_total";
inline constexpr std::string_view kResidentMemory = "process_resident_memory_bytes";

inline constexpr std::string_view kStore = "store";
inline constexpr std::string_view kQueueLength = "assay_group_commit_queue_length";
inline constexpr std::string_view kBatchOperations = "assay_group_commit_batch_operations";
inline constexpr std::string_view kCommitDuration = "assay_group_commit_duration_seconds";
inline constexpr std::string_view kSyncDuration = "assay_group_commit_sync_duration_seconds";
inline constexpr std::string_view kDiskFree = "assay_disk_free_bytes";
inline constexpr std::string_view kDiskLeft = "assay_disk_left_seconds";
inline constexpr std::string_view kBacklog = "assay_index_backlog_rows";

inline constexpr std::string_view kTreeSize = "assay_audit_tree_size";
inline constexpr std::string_view kCheckpointMoment = "assay_audit_checkpoint_timestamp_seconds";

}  // namespace assay::app::top_metrics
