//! The description of the API: every path and every field, in both directions.
