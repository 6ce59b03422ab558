import CPlatform
import Glibc

extension KernelProcess {
    public func host() -> HostFacts {
        var facts = HostFacts()
        var names = utsname()
        if unsafe uname(&names) == 0 {
            let parts = [text(names.sysname), text(names.release), text(names.machine)]
            facts.operatingSystem = parts.joined(separator: " ")
            facts.name = text(names.nodename)
        }
        facts.architectureBits = MemoryLayout<Int>.size * 8
        facts.processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        facts.memory =
            UInt64(sysconf(Int32(_SC_PHYS_PAGES))) * UInt64(sysconf(Int32(_SC_PAGESIZE)))
        facts.memoryLimit = controlGroupLimit()
        facts.overcommit = KernelText.number(at: "/proc/sys/vm/overcommit_memory")
        let hugePages = KernelText.contents(of: "/sys/kernel/mm/transparent_hugepage/enabled")
        facts.transparentHugePagesAlways = hugePages?.contains("[always]") ?? false
        return facts
    }

    /// The limit that version 2 or 1 of control groups sets on the group that this process is in.
    private func controlGroupLimit() -> UInt64? {
        let groups = KernelText.contents(of: "/proc/self/cgroup") ?? ""
        let own = groups.split(separator: "\n").first { $0.hasPrefix("0::") }?.dropFirst(3) ?? ""
        let places = [
            "/sys/fs/cgroup\(own)/memory.max", "/sys/fs/cgroup/memory.max",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        ]
        // Version 1 writes 'no limit' as a number near the largest.
        return places.lazy.compactMap { KernelText.number(at: $0) }.first
            .flatMap { $0 < 1 << 60 ? UInt64($0) : nil }
    }

    private func text<Characters>(_ characters: Characters) -> String {
        unsafe withUnsafeBytes(of: characters) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
