import CPlatform
import Glibc

extension KernelProcess {
    public func raiseOpenFileLimit(to count: UInt64) -> OpenFileLimit {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            let error = IOError(code: errno, operation: .process, path: "getrlimit")
            return OpenFileLimit(current: 1024, previous: 1024, refusal: error)
        }
        let previous = UInt64(limit.rlim_cur)
        guard previous < count else {
            return OpenFileLimit(current: previous, previous: previous, refusal: nil)
        }
        var refusal: IOError?
        var wanted = count
        while wanted > previous {
            var raised = limit
            raised.rlim_cur = rlim_t(wanted)
            raised.rlim_max = max(limit.rlim_max, rlim_t(wanted))
            if unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { break }
            if refusal == nil {
                refusal = IOError(code: errno, operation: .process, path: "setrlimit")
            }
            let step: UInt64 = 16
            // What the hard limit allows is the next thing worth trying.
            let granted = UInt64(limit.rlim_max)
            wanted = wanted > granted && granted > previous ? granted : wanted &- min(wanted, step)
        }
        let current = max(wanted, previous)
        return OpenFileLimit(current: current, previous: previous, refusal: refusal)
    }

    public func disableTransparentHugePages() -> Bool { ls_disable_huge_pages() == 0 }

    public func processorTimes() -> ProcessorTimes {
        var times = ProcessorTimes()
        (times.user, times.system) = usage(RUSAGE_SELF.rawValue)
        (times.childrenUser, times.childrenSystem) = usage(RUSAGE_CHILDREN.rawValue)
        unsafe ls_thread_usage(&times.threadUser, &times.threadSystem)
        return times
    }

    private func usage(_ who: Int32) -> (user: Int64, system: Int64) {
        var facts = rusage()
        _ = unsafe getrusage(__rusage_who_t(who), &facts)
        func microseconds(_ time: timeval) -> Int64 {
            Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_usec)
        }
        return (microseconds(facts.ru_utime), microseconds(facts.ru_stime))
    }

    public func memory() -> ProcessMemory {
        var figures = ls_allocator_figures()
        unsafe ls_allocator_figures(&figures)
        var memory = ProcessMemory()
        memory.allocated = figures.allocated
        memory.active = figures.active
        memory.allocatorResident = figures.resident
        memory.retained = figures.retained
        // `statm` tells pages: all, resident, shared, …
        let words = KernelText.words(of: KernelText.contents(of: "/proc/self/statm") ?? "")
        if words.count > 1, let pages = UInt64(words[1]) {
            memory.resident = pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
        }
        return memory
    }

    public func releaseUnusedMemory() { ls_allocator_purge() }

    public func setBackgroundPurging(_ isOn: Bool) {
        ls_allocator_background_purging(isOn ? 1 : 0)
    }

    public func allocatorReport() -> String {
        let room = 1 << 20
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: room) { target, count in
            let start = UnsafeMutableRawPointer(target.baseAddress!)
            count = unsafe ls_allocator_report(start.assumingMemoryBound(to: CChar.self), room)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    public func allocatorControl(_ name: String, setting value: UInt64?) -> UInt64? {
        if var value {
            guard unsafe ls_allocator_control(name, nil, &value) == 0 else { return nil }
        }
        var result: UInt64 = 0
        return unsafe ls_allocator_control(name, &result, nil) == 0 ? result : nil
    }
}
