//! Rows of each kind in which nothing is set yet.

use plumb_base::record::usage::{
    Access, Accessor, BillLine, Insight, Invoiced, JobRun, JobTask, NodeRun, ObjectName, Platform,
    QueryCredits, QueryRun, Rate, RecordKind, ServiceDay, ServiceUse, Start, Time, UnitPrice,
    UsageLine, UsageRecord, WarehouseEvent, WarehouseHour,
};
use plumb_base::{Currency, Decimal, Digest};

/// A row of a kind in which nothing is set yet.
pub(crate) fn blank(kind: RecordKind, platform: Option<Platform>) -> UsageRecord {
    let (none, zero, at, currency) = (String::new, Decimal::ZERO, Time::default(), Currency::USD);
    match kind {
        RecordKind::NodeRuns => UsageRecord::NodeRun(NodeRun { query: none(), node: none() }),
        RecordKind::ObjectNames => {
            UsageRecord::ObjectName(ObjectName { kind: none(), id: none(), name: none(), from: at })
        }
        RecordKind::Starts => UsageRecord::Start(Start { query: none(), source: (none(), none()) }),
        RecordKind::Accesses => UsageRecord::Access(Access {
            by: Accessor::Query(none()),
            reads: Vec::new(),
            writes: Vec::new(),
        }),
        // These are not kept.
        RecordKind::TableSizes
        | RecordKind::ObjectTags
        | RecordKind::NodeLoads
        | RecordKind::Events => UsageRecord::Application(Box::default()),
        RecordKind::WarehouseEvents => UsageRecord::WarehouseEvent(WarehouseEvent {
            platform: platform.unwrap_or(Platform::Snowflake),
            warehouse: none(),
            cluster: None,
            running: 0,
            at,
        }),
        RecordKind::ServiceUses => UsageRecord::ServiceUse(ServiceUse {
            service: none(),
            of: (none(), none()),
            start: at,
            operation: None,
            quantity: zero,
        }),
        RecordKind::Rates => UsageRecord::Rate(Rate {
            day: at,
            service: none(),
            currency,
            price: zero,
            is_overage: false,
        }),
        RecordKind::UnitPrices => UsageRecord::UnitPrice(blank_price()),
        RecordKind::Queries => UsageRecord::Query(Box::new(blank_query(platform))),
        RecordKind::JobTasks => {
            UsageRecord::JobTask(JobTask { job: none(), key: none(), from: at, is_gone: false })
        }
        RecordKind::JobRuns | RecordKind::WholeRuns | RecordKind::Updates => {
            UsageRecord::JobRun(JobRun {
                of: (none(), none()),
                run: none(),
                is_task: false,
                name: None,
                compute: Vec::new(),
                start: at,
                end: at,
            })
        }
        RecordKind::Insights => {
            UsageRecord::Insight(Insight { query: none(), start: at, kind: none() })
        }
        RecordKind::QueryCredits | RecordKind::QueryHours => {
            UsageRecord::QueryCredits(blank_credits())
        }
        RecordKind::WarehouseHours => UsageRecord::WarehouseHour(blank_hour()),
        RecordKind::ServiceDays => UsageRecord::ServiceDay(ServiceDay {
            service: none(),
            day: at,
            compute: None,
            cloud_services: zero,
            billed: zero,
            account: None,
        }),
        RecordKind::Invoiced => UsageRecord::Invoiced(blank_invoice()),
        RecordKind::UsageLines => UsageRecord::Usage(Box::new(blank_usage())),
        RecordKind::BillLines | RecordKind::CostAndUsage => {
            UsageRecord::Line(Box::new(blank_line()))
        }
    }
}

fn blank_credits() -> QueryCredits {
    QueryCredits {
        id: String::new(),
        warehouse: String::new(),
        user: None,
        tag: None,
        hash: None,
        start: Time::default(),
        end: Time::default(),
        hour: None,
        credits: Decimal::ZERO,
    }
}

fn blank_hour() -> WarehouseHour {
    WarehouseHour {
        warehouse: String::new(),
        start: Time::default(),
        compute: Decimal::ZERO,
        cloud_services: Decimal::ZERO,
        queries: None,
        id: None,
        account: None,
    }
}

fn blank_price() -> UnitPrice {
    UnitPrice {
        sku: String::new(),
        cloud: String::new(),
        unit: String::new(),
        currency: Currency::USD,
        price: Decimal::ZERO,
        from: Time::default(),
        until: None,
        agreed: false,
    }
}

fn blank_query(platform: Option<Platform>) -> QueryRun {
    QueryRun {
        platform: platform.unwrap_or(Platform::Snowflake),
        id: String::new(),
        text: String::new(),
        user: None,
        warehouse: None,
        size: None,
        cluster: 0,
        start: Time::default(),
        end: Time::default(),
        work: None,
        cloud_services: Decimal::ZERO,
        tag: None,
        hash: None,
        hash_version: None,
        whole_hash: None,
        source: None,
    }
}

fn blank_invoice() -> Invoiced {
    Invoiced {
        day: Time::default(),
        service: String::new(),
        usage: Decimal::ZERO,
        usage_type: String::new(),
        is_credits: false,
        amount: Decimal::ZERO,
        currency: Currency::USD,
        balance: None,
        is_adjustment: None,
        region: None,
        contract: None,
        account: None,
    }
}

fn blank_usage() -> UsageLine {
    UsageLine {
        id: None,
        sku: String::new(),
        cloud: String::new(),
        unit: String::new(),
        quantity: Decimal::ZERO,
        start: Time::default(),
        product: String::new(),
        source: Vec::new(),
        title: None,
        warehouse: None,
        cluster: None,
        user: None,
        tags: Vec::new(),
        content: Digest::default(),
    }
}

fn blank_line() -> BillLine {
    BillLine {
        provider: String::new(),
        service: String::new(),
        category: String::new(),
        resource: None,
        billed: Decimal::ZERO,
        currency: Currency::USD,
        start: Time::default(),
        end: None,
        tags: Vec::new(),
        commitment: None,
        own: false,
        id: None,
        content: Digest::default(),
    }
}
