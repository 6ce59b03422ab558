extension Directive {
    static let memory = [
        Directive(
            "maxmemory", wideMemory: \.memory.max,
            summary: "Memory above which writes are refused or keys evicted; 0 is no limit."),
        Directive(
            "maxmemory-policy", word: \.memory.policy,
            summary: "Which keys are evicted when memory is full."),
        Directive(
            "maxmemory-samples", integer: \.memory.samples, in: .int31Positive,
            summary: "Keys that are compared for each one evicted."),
        Directive(
            "maxmemory-eviction-tenacity", integer: \.memory.evictionTenacity, in: 0...100,
            summary: "How much time eviction may take at once."),
        Directive(
            "maxmemory-clients", memoryOrPercent: \.memory.clientsMax,
            summary: "Memory of all clients together above which the largest are closed."),
        Directive(
            "lfu-log-factor", integer: \.memory.lfuLogFactor, in: .int31,
            summary: "How slowly the counter of a key's uses grows."),
        Directive(
            "lfu-decay-time", integer: \.memory.lfuDecayTime, in: .int31,
            summary: "Minutes after which the counter of a key's uses falls."),
        Directive(
            "lazyfree-lazy-eviction", flag: \.memory.lazyEviction,
            summary: "Free evicted values on another thread."),
        Directive(
            "lazyfree-lazy-expire", flag: \.memory.lazyExpire,
            summary: "Free expired values on another thread."),
        Directive(
            "lazyfree-lazy-server-del", flag: \.memory.lazyServerDelete,
            summary: "Free values that a command overwrites on another thread."),
        Directive(
            "lazyfree-lazy-user-del", flag: \.memory.lazyUserDelete,
            summary: "Let DEL free values on another thread, as UNLINK."),
        Directive(
            "lazyfree-lazy-user-flush", flag: \.memory.lazyUserFlush,
            summary: "Let FLUSHDB and FLUSHALL free on another thread by default."),
        Directive(
            "active-expire-effort", integer: \.memory.expireEffort, in: 1...10,
            summary: "How much time goes into finding expired keys."),
        Directive(
            "activerehashing", flag: \.process.rehashesActively,
            effect: .none("tables grow by segments and are never rehashed"),
            summary: "Rehash tables also while there are no commands."),
        Directive(
            "activedefrag", flag: \.memory.defragments, effect: .withDefragmentation,
            summary: "Move values while the server runs to reduce fragmentation."),
        Directive(
            "active-defrag-ignore-bytes", memory: \.memory.defragmentationIgnored,
            in: .int63Positive, effect: .withDefragmentation,
            summary: "Wasted memory below which nothing is moved."),
        Directive(
            "active-defrag-threshold-lower", integer: \.memory.defragmentationThresholdLower,
            in: 0...1000, effect: .withDefragmentation,
            summary: "Percent of waste from which on values are moved."),
        Directive(
            "active-defrag-threshold-upper", integer: \.memory.defragmentationThresholdUpper,
            in: 0...1000, effect: .withDefragmentation,
            summary: "Percent of waste at which the most effort is made."),
        Directive(
            "active-defrag-cycle-min", integer: \.memory.defragmentationCycleMin, in: 1...99,
            effect: .withDefragmentation, summary: "Least effort, in percent of a processor."),
        Directive(
            "active-defrag-cycle-max", integer: \.memory.defragmentationCycleMax, in: 1...99,
            effect: .withDefragmentation, summary: "Most effort, in percent of a processor."),
        Directive(
            "active-defrag-max-scan-fields", integer: \.memory.defragmentationFieldsMax,
            in: .int63Positive, effect: .withDefragmentation,
            summary: "Items of a value that are moved at once."),
    ]
}

extension Directive.Effect {
    fileprivate static let withDefragmentation = Directive.Effect.none(
        "the allocator does not tell which values are worth moving")
}
