"""Replays dated documents from JSONL or Parquet files as a Groundswell source."""
