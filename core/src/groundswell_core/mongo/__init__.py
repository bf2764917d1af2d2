"""MongoDB as verbs: the only package that imports the driver (with mongo_admin.py for set-up).

Every call is bounded by a timeout, writes with majority and journal, and raises only
groundswell_core.errors. Written so that a move to another driver touches nothing else.
"""

from groundswell_core.mongo.collection import (
    BulkResult,
    Collection,
    Filter,
    Operation,
    Record,
    Sort,
    delete_op,
    insert_op,
    replace_op,
    update_op,
)
from groundswell_core.mongo.database import CollectionSpec, Database, Index, connect

__all__ = [
    "BulkResult",
    "Collection",
    "CollectionSpec",
    "Database",
    "Filter",
    "Index",
    "Operation",
    "Record",
    "Sort",
    "connect",
    "delete_op",
    "insert_op",
    "replace_op",
    "update_op",
]
