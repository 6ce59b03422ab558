import Bytes
import Testing

/// Vectors from the published implementation (0.8.1), over the bytes `index * 131 + index / 256 * 17`.
@Suite struct XXH3Tests {
    @Test(
        arguments: [
            (0, 0x2d06_8005_38d3_94c2), (1, 0xc44b_dff4_074e_ecdb), (2, 0x433c_e72a_5f67_ae52),
            (3, 0x6811_538b_444f_c6dc), (4, 0xed50_3340_c589_a28b), (7, 0xcf5c_7609_0b0b_ca8f),
            (8, 0xe5b4_3ab0_74c9_c13b), (9, 0x089b_8d25_b20f_b877), (13, 0xce52_df02_6bd4_687b),
            (16, 0x0a0e_c5ae_8679_cb7f), (17, 0x57c5_2d21_ce49_2c1e), (32, 0x8e62_a5f6_7100_f10d),
            (33, 0xbc16_fc6b_4257_1f75), (64, 0x7714_914b_0d79_4113), (65, 0xdd17_52f7_2380_1bbc),
            (96, 0x7f31_6343_f379_455b), (97, 0x0c5d_e558_2128_3dde), (128, 0x6960_69c4_f1e6_a91a),
            (129, 0xb1ad_a522_8575_7beb), (150, 0xce5d_e3a2_ab49_b57d),
            (239, 0x8a19_31b1_4a1b_ac40),
            (240, 0xb802_8483_7259_eee4), (241, 0x44db_d318_0a66_4e27),
            (256, 0x266a_2c81_6cbb_31c5),
            (300, 0xe2f8_bd04_7868_a1da), (512, 0x2f11_dab1_fc04_b0b7),
            (1024, 0x7b3d_0d58_0423_1abc), (1025, 0x863f_4635_6e79_e544),
            (1088, 0xf6ee_2f5d_d7b6_5375), (2048, 0x0fe8_9a80_845a_ba68),
            (5000, 0x415f_54de_ed3b_7a75), (100_000, 0xafec_324e_570f_b9b5),
        ] as [(Int, UInt64)])
    func hashesAsPublished(_ count: Int, _ hash: UInt64) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 131 &+ ($0 >> 8) &* 17) }
        #expect(bytes.withSlice { XXH3.hash($0) } == hash)
    }

    @Test func writesAllDigits() {
        var digits = ByteBuffer()
        XXH3.appendHex(of: ByteSlice("v8"), to: &digits)
        #expect(digits.bytes.text == "0cc76dbb41381419")
        digits.removeAll()
        XXH3.appendHex(of: ByteSlice("Hello world"), to: &digits)
        #expect(digits.bytes.text == "b6acb9d84a38ff74")
    }
}
