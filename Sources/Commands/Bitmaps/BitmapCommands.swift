/// The commands over strings as rows of bits.
public enum BitmapCommands {
    public static let all: [DataCommand] = [
        setbit, getbit, bitcount, bitpos, bitop, bitfield, bitfieldReadOnly,
    ]
}
