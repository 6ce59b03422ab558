// swift-tools-version: 6.2
import PackageDescription

// A target is a floor of the house; see ARCHITECTURE.md. A target imports only what is listed for
// it here, and the Makefile builds with `--explicit-target-dependency-import-check error`.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // Checks on class properties cost more than the commands that they would guard; one thread
    // owns the data, and the debug build that the tests use keeps them.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

/// The address sanitizer has an allocator of its own; see `make sanitize`.
let allocator: [LinkerSetting] =
    Context.environment["LEDGERSTONE_SANITIZED"] == nil ? [.linkedLibrary("jemalloc")] : []

func room(_ name: String, over floors: [String]) -> Target {
    .target(
        name: name, dependencies: floors.map { .byName(name: $0) }, swiftSettings: settings)
}

func tests(_ name: String, over floors: [String]) -> Target {
    .testTarget(
        name: name, dependencies: floors.map { .byName(name: $0) },
        swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)])
}

func program(_ name: String, over floors: [String]) -> Target {
    .executableTarget(
        name: name, dependencies: floors.map { .byName(name: $0) }, swiftSettings: settings,
        // The frames of a crash report carry names.
        linkerSettings: [.unsafeFlags(["-Xlinker", "--export-dynamic"])])
}

/// The decoders as functions of bytes: built for libFuzzer when `Scripts/fuzz` asks, else replayed.
let fuzzed: [Target.Dependency] = [
    "Bytes", "Structures", "RESP", "Configuration", "Platform", "PlatformSimulation", "Keyspace",
    "Persistence", "Tools",
]
let fuzz: Target =
    Context.environment["LEDGERSTONE_FUZZ"] == nil
    ? .testTarget(
        name: "FuzzTests", dependencies: fuzzed, path: "Tests/Fuzz",
        exclude: ["LibFuzzer", "corpora"], sources: ["Targets", "Replay"],
        swiftSettings: [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)])
    : .executableTarget(
        name: "fuzz", dependencies: fuzzed, path: "Tests/Fuzz", exclude: ["Replay", "corpora"],
        sources: ["Targets", "LibFuzzer"],
        swiftSettings: [.swiftLanguageMode(.v6), .unsafeFlags(["-parse-as-library"])])

let package = Package(
    name: "ledgerstone",
    targets: [
        // Ground.
        .systemLibrary(name: "CLZF", path: "Sources/Libraries/CLZF"),
        .systemLibrary(name: "CSystemd", path: "Sources/Libraries/CSystemd"),
        .systemLibrary(name: "COpenSSL", path: "Sources/Libraries/COpenSSL"),
        .target(name: "CPlatform", linkerSettings: allocator),
        room("Bytes", over: ["CPlatform", "CLZF"]),
        .target(
            name: "CLua",
            linkerSettings: ["lua5.1", "lua5.1-cjson", "lua5.1-bitop"].map {
                .linkedLibrary($0)
            }),

        // First floor.
        room("Structures", over: ["Bytes", "CPlatform"]),
        room("Scripting", over: ["Bytes", "CLua"]),
        room("RESP", over: ["Bytes"]),
        room("Configuration", over: ["Bytes"]),
        room("Platform", over: ["Bytes", "CPlatform", "CSystemd", "COpenSSL"]),
        room("PlatformSimulation", over: ["Bytes", "Platform"]),

        // Second floor.
        room("Keyspace", over: ["Bytes", "CPlatform", "Structures", "Configuration"]),

        // Third floor.
        room("Commands", over: ["Bytes", "RESP", "Structures", "Configuration", "Keyspace"]),
        room(
            "Persistence",
            over: ["Bytes", "RESP", "Structures", "Configuration", "Platform", "Keyspace"]),

        // Fourth floor.
        room(
            "Server",
            over: [
                "Bytes", "RESP", "Structures", "Configuration", "Platform", "Keyspace", "Commands",
                "Persistence", "Scripting",
            ]),
        room(
            "Tools",
            over: [
                "Bytes", "Configuration", "Platform", "Keyspace", "Commands", "Persistence",
            ]),

        // Roof.
        program("ledgerstone-server", over: ["Bytes", "Platform", "Server"]),
        program("ledgerstone-check-aof", over: ["Tools"]),
        program("ledgerstone-check-rdb", over: ["Tools"]),
        program("workshop", over: ["Configuration", "Server"]),

        fuzz,
        tests("BytesTests", over: ["Bytes"]),
        tests("ConfigurationTests", over: ["Bytes", "Configuration"]),
        tests("StructuresTests", over: ["Bytes", "Structures"]),
        tests("ScriptingTests", over: ["Bytes", "Platform", "PlatformSimulation", "Scripting"]),
        tests("RESPTests", over: ["Bytes", "RESP"]),
        tests("KeyspaceTests", over: ["Bytes", "Configuration", "Structures", "Keyspace"]),
        tests(
            "ToolsTests",
            over: [
                "Bytes", "Platform", "PlatformSimulation", "Keyspace", "Persistence", "Tools",
            ]),
        tests(
            "PersistenceTests",
            over: [
                "Bytes", "Structures", "RESP", "Configuration", "Platform", "PlatformSimulation",
                "Keyspace", "Persistence",
            ]),
        tests(
            "ServerTests",
            over: [
                "Bytes", "RESP", "Configuration", "Platform", "PlatformSimulation", "Keyspace",
                "Commands", "Persistence", "Server",
            ]),
        tests("PlatformTests", over: ["Bytes", "Platform"]),
        tests(
            "PlatformSimulationTests",
            over: ["Bytes", "Platform", "PlatformSimulation", "COpenSSL"]),
        tests(
            "CommandsTests",
            over: [
                "Bytes", "RESP", "Structures", "Configuration", "Keyspace", "Commands", "Platform",
            ]),
    ]
)
