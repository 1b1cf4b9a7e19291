"""Vietnamese words that tell a person's name from a place, an office or an ordinary word.

Reference lists of the rules in `person_names/`: syllables of names, titles, roles, places and common compounds.
Written down from general knowledge of the language, place names from the official list of districts (2023) and
provinces (until and since 1 July 2025). Every list is in lower case; `spellings` adds the other placement of the
tone mark (hoà / hòa), and `fold` gives the form without diacritics.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_OLD_TO_NEW = dict(zip("òa óa ỏa õa ọa òe óe ỏe õe ọe ùy úy ủy ũy ụy".split(),
                       "oà oá oả oã oạ oè oé oẻ oẽ oẹ uỳ uý uỷ uỹ uỵ".split(), strict=True))  # fmt: skip
_NEW_TO_OLD = {new: old for old, new in _OLD_TO_NEW.items()}
_TONE_PLACEMENT = re.compile("|".join([*_OLD_TO_NEW, *_NEW_TO_OLD]))

# One character to one character, so that offsets hold: letters to plain lower case, digits and spaces of any script
# to ASCII. đ (U+0111) and ð (U+00F0) are both in use for the same letter; no normal form unifies them.
_LETTERS = {
    ord(character): (unicodedata.normalize("NFD", character)[0].lower())
    for block in (range(0x41, 0x5B), range(0xC0, 0x250), range(0x1E00, 0x1F00))
    for character in map(chr, block)
    if character.isalpha()
}
_WIDE = {0xFF01 + offset: chr(0x21 + offset).lower() for offset in range(94)}
_SPACES = dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000, 0x09], " ")
_DASHES = dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE63, 0x00AD], "-")
_MARKS = {0x2019: "'", 0x2018: "'", 0x02BC: "'", 0x00B4: "'", 0x00B7: ".", 0x2022: ".", 0x2024: "."}
_FOLDING = {**_LETTERS, **_WIDE, **_SPACES, **_DASHES, **_MARKS, 0x0110: "d", 0x0111: "d", 0xD0: "d", 0xF0: "d"}
_MATHEMATICAL_DIGITS = {0x1D7CE + offset: str(offset % 10) for offset in range(50)}
_FOLDING |= _MATHEMATICAL_DIGITS
# str.translate is slow on characters that the table lacks: name those of Vietnamese and ASCII that stay
_FOLDING = {code: chr(code) for code in range(0x300)} | _FOLDING


def fold(text: str) -> str:
    """`text` in lower-case ASCII letters and digits as far as it is Vietnamese; the same length."""
    return text.translate(_FOLDING)


def spellings(words: Iterable[str]) -> frozenset[str]:
    """The words, and their spelling with the tone mark on the other vowel (`hòa`, `hoà`)."""
    swap = _OLD_TO_NEW | _NEW_TO_OLD
    words = tuple(words)
    swapped = (_TONE_PLACEMENT.sub(lambda match: swap[match.group()], word) for word in words)
    return frozenset(words) | frozenset(swapped)


def _words(text: str) -> frozenset[str]:
    return spellings(text.split())


def _phrases(text: str) -> frozenset[str]:
    return spellings(phrase.strip() for phrase in re.split(r"[;\n]", text) if phrase.strip())


# --- syllables of names ------------------------------------------------------------------------------------

#: Surnames that are hardly ever another word when written with their diacritics.
STRONG_SURNAMES = _words("""
    nguyễn trần phạm huỳnh hoàng đặng bùi trịnh đinh quách ngô lê vũ võ đỗ dương phùng nghiêm doãn khuất hoàn cấn
    nguyển nguyên ngũyên phan đoàn giàng sùng thào hạng vừ
""") - {"hoàn", "nguyên"}  # fmt: skip

#: All surnames, minority ones included; many are words too (từ, lại, cao, văn, đồng ...).
SURNAMES = STRONG_SURNAMES | _words("""
    hồ lý lí mai hà đào lương cao lưu triệu đàm chu văn vi thái lâm tạ vương tô hứa đậu châu lục ma lại tống la bế mã
    mông đồng kiều thân tăng sầm lò từ vy long bạch lăng trương nông ninh khổng giang tôn tiêu trình thi ôn âu quan
    hầu khương mạc phó cù viên ông ân uông ung kim kha khúc liêu lạc lỗ lữ lã lê mẫn nhan nhâm nhữ ninh phí phù quản
    phương sử tào thạch thẩm thiều tiết tòng tất trác trang tưởng văn vòng xa yên đái đan điền đôn đổng đường ứng bá
    bành bàn bàng biện cam cái cầm chung chương chế chử cồ cung dư diệp giáp giản hàn hán hồng hình hạ kông khưu
    lầu lồ lương ngân ngụy ngạc nhiêu nùng phàn phàng phú sái sơn sồng tẩn tề thanh thào thò tráng tràng tằng chảo
    chang cháng cứ dì già giàng hảng hờ hầu khang lèng lìm lường lù lừu ly mùa mua mí nùng pờ quàng sình sìn sùng
    tếnh thàng vàng vù vừ xồng cà lèo điêu đèo hoàng tẩn bạc hù lỳ pờ chu giáo lù xin thào đinh danh kiên neáng néang
    neang chau trà thổ đàng quảng hùng báo lộ não đạo thiên bố lưu nại dụng hải thị tài siu ksor rmah nay kpă kpa
    rơ rơchâm rah hmok niê êban eban mlô mlo ayun ktul kbuôr byă buôn bkrông hwing hđơk knul ađrơng adrong bdap
    ênuôl kđoh ktla kbrông k'să liêng lơ kră kon cil ya touprong touneh mấu chamaléa katơr cao pinăng pi năng tain
    bo bó zơ zơrâm bhling bling bhnướch bhnước coor clâu alăng arất atùng bríu brao điểu thị hồ kray y h'  đinh
    vưu ngũ mâu liễu thôi nghê mạch miêu mao khiếu diêm mễ mầu mục chúc luân thiệu trạc cự mẫn hậu ưng ong lầm bì ca hi
    nhữ lều lưỡng bồ cổ tán tán tạc thang thoại tiên đới đống giả khâu ngọ dã vạn viêm đức
    tôn-nữ công-tằng-tôn-nữ thái-thị âu-dương lục đắc lường vì kha lự lương vi quang lô lo ngân hà lang cụt moong
    chẻo chìn thèn tông xeo ốc cụt mùa hơ thao già xồng vừ lỳ và bá lầu hờ lữ lìm vang
""") - {"thị", "hải", "tài", "thanh", "cái", "dì", "y", "h'", "bo", "và", "lo", "kon", "cam", "nại", "ốc", "cổ", "giả",
        "bố", "đống", "xa", "thoại", "thang", "hơ", "vang", "lang", "cụt", "báo", "dụng", "não", "viêm", "bó",
        "đạo", "đức", "tán", "tạc", "thổ", "nay", "xin",
        "phương", "quảng", "hùng", "bá", "thiên", "tiên", "ngọ", "phú", "hồng", "yên", "lộ", "già", "mua", "cứ",
        "sơn", "đường", "ông", "dư", "chung", "chương", "buôn", "pi", "năng"}  # fmt: skip
SURNAMES |= _words("phương quảng hồng sơn hùng bá")

#: Surnames of minorities after which any capitalised syllables are a name (Giàng A Páo, Ksor H'Bia, Thạch Sa Rinh).
MINORITY_SURNAMES = _words("""
    giàng sùng thào hạng vừ lầu tráng cháng hảng sình thò lù mùa sồng xồng tếnh phàng phàn tẩn chảo lồ cứ chang lò
    lường quàng tòng cầm bạc điêu đèo vàng cà thạch danh kim kiên sơn neang neáng chau siu ksor rmah kpă kpa rơ rah
    niê êban eban mlô ayun ktul kbuôr byă hmok knul ênuôl liêng kră cil touprong touneh chamaléa katơr pinăng zơrâm ka rcom rah
    bling bhling bríu alăng arất điểu hồ ma thổ nông bế moong lô pờ lỳ ly già hờ mua y a h rơchâm rô chu và má ksơr lừu vì cháo
    mào chớ kator néang mâu sính thền sần ngải puih kpuih rahlan hiao zơ pơloong coor chẻo cứ vù hầu hấu khang thàng lèng lèo tằng bàn đàng báo chế lục giáp sầm lý triệu đinh chá
    chamalé tà nê pi kon păng rô
""")

#: Middle names.
MIDDLES = _words("""
    thị văn hữu đức minh ngọc thanh quốc xuân đình hoàng quang công tiến gia bảo hồng kim thu thúy thùy mỹ bích cẩm
    diễm lệ kiều quỳnh phương thảo như quế khắc đăng mạnh trọng viết duy anh hải trung thành thế tuấn chí nhật huy
    khánh bá vĩnh phúc phước tấn thái sỹ sĩ đắc ánh hà lan hoài tường vân mai tuyết trà trúc thiên song sơn phi phú
    hoa hạnh huyền khả kiên kỳ lâm linh long nam nghĩa nguyên nhã nhân như quý thục thụy tố tú uyên việt vũ xuân yến
    ái đại đạt tất bội châu dạ diệu đan đông hiền hiếu khải khôi lương mộng năng nguyệt phong sao sinh tâm tân thiện
    thường thủy triệu trường từ vạn nữ bửu vĩnh hưng kế doãn cao a seo mí pa sa láo thí chứ y vàng mỉ súa thìn
    hạ lam nam cảnh danh tiên ý chấn băng hương bạch phượng cát liên giang hiệp hòa thuận uyển trang tịnh chiêu viễn vương duyên
    hàm ngân thy vinh triều nghi thương tuệ bách thắng tuyền diệp oanh trâm vy thư hằng tôn mẫn
    tùng thạch bình lập tri kiết đoan trân an ân huệ hùng dũng cường thịnh trí tín tài lộc thọ nho nhị tam
""") - {"sao", "tam"}

#: Given names.
GIVENS = _words("""
    an ân anh ánh ái ba bá bách bạch ban bàng bảng bảo bằng bắc băng bân bền bích biên biển bình bính bốn bông bổng
    bưởi bường bửu bữu bộ bội cam can canh cang cát cảnh cần cẩn cậy cầm cẩm chất chấn châu chi chí chỉnh chiên chiến
    chiêu chiểu chín chinh chính chúc chung chuẩn chuyên chuyền chương chưởng chước chức công cúc cư cừ cường cương
    cửu danh dân dần dậu diễm diễn diên diện diệp diệu dinh dịu doan doanh du dũng dung dư dự dụng duân duẩn duệ duy
    duyên duyệt dương dưỡng đa đài đại đam đan đàn đang đảng đảm đáng đào đạo đạt đăng đắc đẳng đằng đẹp đẩu đậu đệ
    đệp điềm điểm điền điển điệp đĩnh đỉnh đính định đình đinh đoài đoan đoàn độ đỗ đô đông đồng đợi đơn đua được đương
    đường đức én gái gấm ghi gia giác giang giáng giáp giao giàu giới hà hạ hạc hai hài hải hàm hân hân hán hãn hạnh
    hành hanh hào hảo hạo hằng hậu hậu hệ hiên hiến hiền hiển hiện hiệp hiệu hiếu hinh hoa hoà hóa họa hoạ hoài hoan
    hoán hoàn hoàng hoanh hoành hoạch hoạt học hồi hội hồng hợi hợp huân huấn huế huệ hùng huy huynh huyên huyền huyện
    huỳnh hưng hương hường hưởng hướng hướng hữu hỷ hỉ hy kế kha khả khai khái khải khang khanh khánh khâm khẩn khiêm
    khiết khiển khoa khoái khoan khoát khoản khôi khơi khởi khu khuê khuy khuyên khuyến khương khước kiểm kiệm kiên
    kiền kiến kiện kiệt kiều kim kính kình ký kỳ kì kỷ kỹ lạc lai lài lam lãm lan lãng lang làn lành lạng lân lập lâm
    lê lễ lệ lịch liêm liên liễn liễu liệu linh lĩnh lĩnh lít loan loát lộ lộc long lộng lợi luân luận luật lục lũy
    lụa luyên luyến luyện lư lưu lựu lược lượm lương lượng lượt lưỡng lực lữ lý lí ly mai mãi mão mạnh mẫn mân mận
    mậu may mây mến mi mỉ miên miền miến minh mong mơ mới mộc mộng môn mơ mùa mùi mừng muôn muồn mười my mỹ mĩ na nam năm
    nên nết nhi nhiên nhiệm nhiệt nhinh nhu nhơn nhung như nhường nhượng nhựt nhựa nhuận nhuần nhạ nhạc nhạn nhài
    nhàn nhã nhân nhâm nhẫn nhất nhật nhị nhỉ nhớ nhớn nhiễu niên niệm ninh nụ nương nữ nở nguyên nguyện nguyệt
    nga ngà ngai ngạn ngân ngần ngát ngãi ngật nghi nghị nghĩa nghiêm nghiễm nghiên nghiệp ngoan ngoạn ngọc ngôn ngọ
    ngợi ngự ngữ oai oanh phác phái phan phàn phán pháp phát phẩm phấn phi phiên phin phong phòng phong phóng phổ
    phối phu phú phúc phục phụng phùng phước phương phượng quả quán quang quảng quân quận quế quy quý quí quyên quyến
    quyền quyết quyển quyện quỳ quỳnh quốc quới rin rồng sa san sang sáng sanh sao sâm sáu sen sĩ sỹ siêng siêu sim
    sinh sính soái soan soạn son song sóng sơn sở sự sửu sương sức sử tá tạ tài tải tam tám tạo tân tấn tần tập tây tâm
    tấm tăng tặng tất tăm tế thạc thạch thái thám tham than thản thạnh thành thanh thảnh thao thảo thạo tháp thám thăng
    thắng thắm thân thận thập thẩm thất thế thêm thêu thi thị thiêm thiềm thiên thiện thiệp thiều thiệu thiết thiếp
    thìn thinh thịnh thính thoa thoại thoan thoản thọ thỏa thoả thoái thơ thơm thới thời thông thống thu thụ thủ thuân
    thuấn thuần thuận thuật thục thúc thuê thúy thùy thủy thuý thuỳ thuỷ thụy thuỵ thuyên thuyền thuyết thư thứ thử
    thức thực thương thường thưởng thượng thy tí tị tỵ tý tích tiếm tiềm tiệm tiên tiến tiền tiễn tiển tiếp tiệp
    tiết tiêu tiểu tin tín tình tính tỉnh tịnh tĩnh tỏ toại toan toán toàn toản tôn tố tôn tơ trà trác trai trãi tráng
    trang tranh trạch trầm trâm trân trấn tri trí trì triển triết triều triệu trinh trình trịnh trọng trợ trúc trung
    truyền truyện trữ trực trụ trường trưởng trượng tu tú tuân tuấn tuất tuần tuệ tùng tụng tuy tuyên tuyển tuyến
    tuyền tuyết tư từ tứ tự tường tưởng tươi tước tựu tỵ uẩn úc uy uyên uyển út ước vạn vang vàng văn vân vận vệ vi vĩ vỹ
    viên viễn viện viết việt vinh vịnh vĩnh vọng vóc vũ vụ vui vững vương vượng vượt vy vị xa xanh xinh xoa xoan xoàn
    xoan xuân xuất xuyến xuyên xương xướng xứng ý yên yến yêu yết bé bẩy bảy tẹo tèo mót cu chắt chút đức đực lợi
    nhuân nhơ thoi thiếc thoăn đặng võ lưỡng tiện tuyn khích khoắn hoằng hoắc khuynh lăng lưu huyến nhĩ đồng nông chài
    chuộng chuông chựu chánh chủng cúc dinh diêm dỹ đoái đỏ đông gương giảng giỏi hoét hênh kháng khiêu khúc kiếm kiếu
    là lả lãnh lăm lẫm liệt liểu ngưng ngừng nghinh nghiệm phóng phương phận phim phước pháo quát quyển rạng rỡ rự
    sắc sắt sùng tằm tằng thạch thăm thiếu thìn thính thoáng thứa thuộc tòng tuyết trát tràng trảng trọng tửu tưng vốn
    vóc vượng xuyến xứ xế hiểu quảng huê lắm nhuệ nhương vững nhàng miêng mịn muội nhiều kiểu thừa chuyển kiệm hẹn
    dậy hội ngời oánh phướng quản thẳm thìn thuyền trọng uông vôn xiêm xoài xuyên lảnh lãnh vĩ cảm bạt chế cường chăm
    mía đượm mít khế nếp lúa nụ búp nhụy tơ vải gạo cốm mùi tép sò én sếu thép nắng gió chum thiệt thà lụm mót rớt bờm chót
    áp nốt đượm khoai cà ớt hẹ húng mận quýt chanh na lựu rêu bèo súng sứ lài hòe phẩm lượt trắng hiên đóa hĩm páo pủn rinh dế chúng hen lử sử dợ chứ dua dinh súa chía pao páo tủa lầu vư xà nủ dơ sáy chu phềnh sì lềnh chớ
    thời thía cầu phiên tía trừ cải tháp âu cơ hến côn bổn dừa thậm vấn thoảng năng tầm pha châm án di bào ca vu ẩn thể khê kê
    cử kính đề nhài nhuần
    ràng
    nhận
    cở tòng pản hặc ui inh panh pành pâng ún ỏn nhói phương đôi khặm xuôi hương khay dung rây rết sóc sươl mara phol
    ly phổn oanh rôn sarinh đara rithy út thol rất hum vuông chanh thônl savath phal vông sóc khone
""") - {"là", "đang", "thuê", "tham", "than", "lắm", "nhiều", "thừa", "chuyển", "hẹn", "dậy", "rất", "thử", "nên",
        "nhỉ", "được", "cu", "cảm", "đỏ", "rỡ", "lả", "khu", "huyện", "quận", "tỉnh", "chỉnh", "phim", "thuộc",
        "thăm", "thoáng", "quản", "thiếu", "chăm", "ngừng", "ngưng", "đôi", "ui", "gái", "tháp", "thứa", "lít",
        "vốn", "xế", "phiên", "xuất", "tập", "tặng", "tải", "phối", "quả", "sở", "sắt", "khay", "kiểu",
        "khẩn", "xuôi", "hoặc", "thời", "tự", "thị"}  # fmt: skip

#: Syllables of names that are words by themselves, not only as a part of one ('trọng' is none, 'quan trọng' is a word):
#: in lower case they need more evidence.
WORDS_LIKE_NAMES = _words("""
    ba bá ban bảng bằng bền bốn bông bộ canh cần chất chi chiếu chín chính chung chuẩn chuyên chúc chức công
    cư dân diễn diện dự dư đa đại đáng đào đạo đạt đẹp đậu điểm điền đình định đình đoàn độ đồng đợi đơn
    đua đường em én ghi gia giao giàu hai hài hành hiện hiểu hiệu hiền học hồi hội hợp huyện hướng
    hưởng khai khoản kiểm kiến kiện ký kỹ lai lành lập lễ lịch liên liệu lộ lợi luật
    lượt may mong mơ mới mừng mười nam năm nhiệt nhớ nhất nhật nghiêm pháp phát phân
    phong phòng phục phú quán quang quên quy quyền sang sáng sao sáu sen sinh song sóng sự sức
    tài tám tạo tăng tất tâm tân thạo thanh thành thân thế thi thiện thông thơm thu thủ thuận
    thư thứ thức thường thưởng thượng tiến tiền tiện tiếp tiêu tin tính tình toàn toán trai
    trang tranh trì trình truyền trường trưởng trực tuần tươi từ tư tường tưởng ước vang
    vàng vạn văn vân việt viên viện viết vui vụ vững vượt xanh xinh xuất yên yêu ý bảo bé bảy hậu hòa
    khá khó đỗ đặng độ lưu năng nhân như nữ phụ thái thắng thạch xa xe xử ưng út tú tùng hỏi nhỏ cao dịu ngọt
    bình tĩnh tốn chu mỗi mùa giảng giỏi sơn bác hết tươi ngợi gương tiết
    mía mít khế nếp lúa tơ vải gạo mùi nắng gió thiệt thà lụm rớt chót áp nốt khoai cà ớt chanh súng phẩm lượt trắng đăng đỉnh khánh dung dương biên kính chân ngọ dần thân hạnh mãi nhạc
    mã lương quý bàn lĩnh phí khâu duyệt phó chứ hoàn biển hoài đông chương vòng hằng kỳ khoa nghi đính cầm cảnh đằng chuông
    tiệm tuyến lăm nở tấm soạn hiên sa giang mới kế lầu nụ siêu triệu nông
    viên cung hình bồ thôi mục hậu ca cự cầu phiên trừ cải vấn năng di án thể thời đới
""")  # fmt: skip

#: Words of a sentence that are no name in lower case, whatever stands before them.
FUNCTION_WORDS = _words("""
    như thế nhất có là và của cho thì mà nên đã đang sẽ được bị không chưa chẳng rất lắm quá hơn rồi nữa lại cũng vẫn
    còn hay hoặc nếu khi lúc để do vì tại bởi với cùng về từ trong ngoài trên dưới trước sau này kia đó ấy ta tôi em
    mình họ nó gì nào sao ai đâu mỗi mọi các những nhiều ít vài cả chỉ tự nhau thêm ra vào lên xuống đi đến tới qua
    bảo hứa hỏi nói trả tính nhớ mong tiếp ghi xin cần phải muốn thấy biết làm đợi chờ hẹn hết xong luôn ngay thật ơi
    ạ nhé nha á à ơ ừ việc người cái con chiếc lần ngày tháng năm giờ phút tuần tất mới cứ đều bên nhà nơi chỗ đây hôm
    sự hồi thử nhờ giúp khuyên ký viết học đọc nghe nhìn ngồi đứng lấy đưa gửi nộp nhận tiền
    tư hai ba bốn sáu bảy tám chín mười đơn vị số sơ dù tuy nhưng song theo bằng đúng sai gần xa hợp chuyển
    kiểm soát giao xử thanh toán thông công dân sang
""") - {
    "thanh",
    "công",
    "dân",
    "bằng",
    "sáu",
    "bảy",
    "chín",
    "mười",
    "ba",
    "năm",
    "giao",
    "thông",
    "hợp",
    "song",
    "sang",
}

# --- titles and roles --------------------------------------------------------------------------------------

#: One-word titles: a capitalised word after them is a name, a lower-case one often.
TITLES = _words(
    "mệ mụ chj cj ổng bả ông bà anh chị cô chú bác cậu mợ dì dượng thím cụ thầy ả mr mrs ms miss mister madam sir đ/c đc ôg"
)
#: The same without diacritics, where the whole comment has none. 'chi', 'co', 'ba', 'thay', 'chu' are words as well.
FOLDED_TITLES = frozenset("ong ba anh chi co chu bac cau mo di duong thim cu thay mr mrs ms miss d/c dc".split())
#: Titles that are pronouns or single letters too: the word after them must be a known syllable of names.
WEAK_TITLES = _words("""
    ong bac co ô em cháu con bạn mẹ má vợ chồng cha sếp thằng nàng bé a c e b tía bs ts ths gs
    pgs ks cn gv hs csv cv ntd gđ pgđ tp pp kt ktt gdv tq ck cb nv ksv đội dr
 bn """) - {"csv", "ntd", "hs"}
#: Of both, those that no full stop shortens: after '... công ty mẹ. Kính.' a sentence begins.
FULL_TITLES = frozenset(
    """
    ông bà anh chị cô chú bác cậu mợ dì dượng thím cụ thầy em cháu con bạn mẹ má vợ chồng cha sếp thằng nàng bé tía đội
    ong ba chi co chu bac cau mo di duong thim thay chau ban me vo chong sep be
""".split()
)
FOLDED_WEAK_TITLES = frozenset("em chau con ban me vo chong sep be a c e b bs ts ths gs ks kt ktt gdv cb nv".split())

#: Two-word titles and roles, and halves of longer ones: a name may follow, and they are no name themselves.
ROLES = _phrases("""
    trưởng đoàn;phó đoàn;tiểu thương;ủy viên;uỷ viên;giám định;thẩm định;thẩm tra;trực tổng;thiết bị;định viên;điều tra;tra viên;công chứng;thẩm phán;kiểm lâm;trưởng kho;phó kho;đạo diễn;nghệ sĩ;nghệ nhân;họa sĩ;biên kịch;cầu thủ;trọng tài;thí sinh;nghiên cứu;tình nguyện;phiên dịch;thông dịch;biên dịch;hướng dẫn viên
    ni sư;sư cô;sư thầy;hòa thượng;linh mục;mục sư;đại đức;thượng tọa;    thu ngân;trưởng nhà;    thủ trưởng;trưởng bộ;tổ phó;đội phó;trưởng nhóm;nhóm trưởng;quản trị;trưởng quầy;trực ban;trưởng ca;tổng giám;chủ thầu
    thương binh;hội viên;đoàn viên;đảng viên;thủ thư;dược sĩ;kế tóan;nhân viêng;đồng trí;trưởng làng;phó thôn;phó bản;thợ điện
    già làng;kho quỹ;kỹ thuật;thanh tra;kiểm toán;tập sự;hộ lý;điều dưỡng;hội trưởng;chỉ huy;tài xế;lao công;thầy giáo;cô giáo
    đồng chí;kế toán;thủ quỹ;thủ kho;giám đốc;hiệu trưởng;hiệu phó;trưởng phòng;phó phòng;phó giám;chủ tịch;bí thư
    chuyên viên;giao dịch;kiểm soát;soát viên;dịch viên;toán viên;toán trưởng;nhân viên;cán bộ;công chức;viên chức
    lễ tân;văn thư;lái xe;bảo vệ;thường trực;tạp vụ;công an;bộ đội;giáo viên;bác sĩ;bác sỹ;y sĩ;y sỹ;y tá;kỹ sư;kĩ sư;luật sư;nhà báo
    tổ trưởng;đội trưởng;trạm trưởng;trưởng ấp;trưởng buôn;trưởng xóm;trưởng khu;trưởng trạm;trưởng điểm;trưởng ban;phó ban;chánh văn;phó chánh;trưởng thôn;trưởng bản;thư ký;thư kí;phụ trách
    giảng viên;cán sự;quản lý;quản lí;nhân sự;phó trưởng;trưởng kế;sinh viên;học sinh;chủ nhiệm;trưởng xã;chủ hộ
    phụ huynh;hợp đồng;tài vụ;kiểm ngân;ngân quỹ;tin học;tiếp dân;tiếp nhận;chủ đầu;thủ từ;trụ trì;chủ quán;chủ cửa;chủ tiệm;chủ shop;chủ nhà;chủ xe;chủ thầu;chủ doanh;chủ tài;dân quân
    đại diện;trực quầy;trực cửa;chủ tk;phó hiệu;lãnh đạo;người nhận;người gửi;người ký;người kí;người viết;người góp
""")
FOLDED_ROLES = frozenset(map(fold, ROLES))

#: Ranks of birth, which in the south stand between title and given name: 'bác Tư Hiệp'.
RANKS = frozenset("hai ba tư năm sáu bảy tám chín mười út tu nam sau bay tam chin muoi ut".split())

#: Titles of the young, whose given names are oftener of two syllables.
YOUNG = frozenset("cháu em bé con bạn".split())

#: Words after a title that never name anyone: pronouns, ranks of birth, things.
NOT_AFTER_TITLES = _words("""
    ấy ta này kia đó nào em chị anh ông bà trai gái cả hai ba tư lớn nhỏ bé giáo trời con google facebook zalo
    siri táo địa chủ tôi mình kbnn kb ubnd đã tổng bụt phật chúa nội ngoại già trẻ kho nông dân cháu cô chú bác dâu
    mấy mặc lắc dòm tui đạp coi bày mách ruột lẫn nằm xịn nắm bói bưu lật xưa tóc leo thợ khách quét xóm áo mập ốm gầy cúng hưu
    rể vợ chồng gì chúng các những mọi cuội hằng tấm tổ ban sở uỷ ủy sep admin chatbot thầy
""") - {"tổng", "tổ", "hằng", "tấm", "nông", "dân"}

#: Words that end a run of capitalised words: what follows a name in 'chị Hương Phòng Kế toán'.
STOPS_IN_RUNS = _words("""
    kbnn kb kho ubnd phòng tổ bộ đội quầy huyện xã sở cục kiểm cán ngành viện trạm pgd gdv quận phường trường tỉnh nhận giám
    hiệu chuyên phó cty ngay tel sdt dt sđt đt email mst cccd cmnd stk tk dvc đvqhns và với của ở tại thuộc để rất nhiệt xin gửi
    kính ksc vp tckt tc ttgd thpt thcs mn hn hcm tphcm tp q p vn ktv kt ktt ksv gd tb hồ-sơ đơn-vị zalo fb facebook đề mong-muốn
    phong-ke-toan
""")  # fmt: skip

#: Of these, the ones that are given names too, unless a word of AFTER_STOPS goes on: 'Trường Tiểu học', 'Chuyên viên'.
STOPS_AND_GIVENS = _words("trường chuyên kiểm viện hiệu giám bộ phó cán kính")
AFTER_STOPS = _words("""
    tiểu thcs thpt mầm mẫu trung đại cao mn th pt ptdt ptdtbt ptdtnt nghề dạy học chính viên gia trách soát tra sát đốc môn nghiệp
    tôi mình sự dưỡng hàn gửi mong nhờ thưa chào đề chúc báo trình tieu mam mau dai vien trach soat sat mon nghiep
    tài nội ngoại công y giáo xây nông bộ khoa văn quốc tư phận chủ trưởng hiệu giám tổng phòng ban bí cục viện chánh quản hội thủ ấp thôn bản đội tổ khoa
""")  # fmt: skip

# --- places and organisations ------------------------------------------------------------------------------

#: Words before a capitalised name of a place, a school, a company.
PLACE_CUES = _words("""
    đê kè đập kênh mương rạch cồn gò đầm vàm miếu đền tuyến đoạn garage gara tiệm shop salon spa huyện quận tỉnh tp tx tt xã phường thôn bản buôn ấp làng khóm xóm kp đường phố ngõ ngách hẻm kiệt ql chợ cầu sông núi đèo
    đảo trường thpt thcs mn tthcs ptdt ptdtnt ptdtbt cty tnhh dntn htx ctcp xnk quán kdc kcn kcx ubnd kbnn kb pgd chùa cảng
    ga hồ biển vịnh phum sóc khu pkđk bvđk ttyt tổng hãng đại tphcm hđnd bhxh nhtm vnpt đhqg đh đồi suối bến bãi miền vùng xưởng
    hđb ctv nhà-thuốc truờng phừơng thị-trấn đồn trạm xứ giọng taxi resort homestay
""") - {"tổng", "đại", "hồ", "ctv", "hđb", "ga", "tt", "khu"}  # fmt: skip
FOLDED_PLACE_CUES = frozenset(
    "huyen tp tx phuong thon kp ngach hem kiet ql thpt thcs mn tthcs ptdt ptdtnt ptdtbt cty tnhh dntn htx ctcp kdc kcn kcx ubnd kbnn"
    " kb pgd phum hdnd bhxh truong xa quan tinh".split()
)
PLACE_CUE_PAIRS = _phrases("""
    cây xăng;xăng dầu;tiệm vàng;chương trình;nhà trẻ;viện dưỡng;dưỡng lão;mái ấm;bà con;quốc gia;xe khách;xe đò;máy in;điện máy;nội thất;nhà in;nhà xuất;xuất bản;tạp chí
    cà phê;nước mắm;nước khoáng;nước suối;xi măng;phân bón;trang trại;đội bóng;đội tuyển;nghỉ dưỡng;hiệu sách;hiệu thuốc;hiệu vàng
    thị trấn;thị xã;thành phố;khu phố;tổ dân;quốc lộ;tiểu học;mầm non;mẫu giáo;trung học;đại học;cao đẳng;học viện;công ty
    doanh nghiệp;hợp tác;tác xã;cửa hàng;nhà sách;nhà hàng;nhà thuốc;siêu thị;khách sạn;bệnh viện;ngân hàng;tập đoàn
    kho bạc;chi nhánh;ủy ban;uỷ ban;nhà máy;xí nghiệp;khu công;công nghiệp;chung cư;dự án;quảng trường;công viên
    ngã tư;ngã ba;ngã năm;bến xe;sân bay;nhà văn;câu lạc;chi cục;cục thuế;ban quản;phòng khám;trung tâm;nhà nước
    nhà may;tiệm in;bưu cục;quỹ khuyến;tín dụng;xe buýt;thuỷ lợi;hầm chui;điểm giao;quỹ từ;tiệm photo;quán photo;hãng xe;dân phố;công trình;trạm y;phát lại;xã hội;công chứng;trạm bơm;nhà nghỉ;quán ăn;quán cà;trại giam;trại giống;nông trường;lâm trường;đồn biên;cửa khẩu;bến phà;bến đò;cổng chào;nhà trọ;điện lực;xăng dầu;nước sạch;bãi biển;hồ chứa;vật liệu;khu vực;khu đô;đô thị;làng nghề;bưu điện;đại lý;hãng xe;tòa nhà;toà nhà
    phân hiệu;nhà thờ;đền thờ;ký túc;túc xá;phần mềm;thương hiệu;sản phẩm;máy tính;giải thưởng;học bổng;quỹ học;thuế khu
    cù lao;bảo trợ;định cư;dân cư;tạo hồ;quanh hồ;ven hồ;bờ hồ;cạnh hồ;vét hồ;lòng hồ;giải chạy;giải bóng;giải đấu;vòng xoay;văn hóa;tưởng niệm;lưu niệm;bảo tàng;thư viện;tượng đài;nút giao;phòng giáo;nhà hát;kênh youtube;báo điện;tuyến phố;dân lập;giao dịch;xây dựng;cơ sở;địa bàn;vùng cao;hãng sơn
    tên đường;tượng đài;lễ hội;khu di;di tích;bãi đỗ;bãi xe;cầu vượt;hồ điều;kho bạc;vật tư;nhà xe;dòng họ;ca sĩ;nhạc sĩ;nhà thơ
""") - {"nhà văn", "cơ sở"}  # fmt: skip
#: What may stand between the cue and the name: 'Công ty TNHH một thành viên xây dựng Hoàng Long'.
ORGANISATION_FILLERS = frozenset("""
    tnhh mtv mot thanh vien co phan xay dung thuong mai dich vu tu van tieu hoc mam non trung so pho thong san xuat dau
    do pha xe buyt com bun nhau tu nhan kinh doanh vat lieu thiet bi duoc pham in an noi that dien nuoc van tai du lich ban tru dan toc chuyen cap thuc hanh
    cp tmdv tm dv xd sx xnk ty cong thcs thpt mn th thcs&thpt cao dang dai nghe mau giao bac nha hang giao dich khu phong
    bach hoa huyen tinh xa phuong thi tran lo quan nuoc gd dt nh khach san ly da khoa khu vuc tap doan quoc te mang ten
    rau che chuoi lua nam muoi cafe ca phe bo heo ga vit tom luc loc dau tu khuyen hoc khuyen tai photo copy quang cao
    xa hoi phat
    te nong nghiep lam thuy san chan nuoi
""".split())  # fmt: skip
#: Words before a place in a sentence ('ở Cao Lộc', 'lên Lạng Sơn').
LOCATIVES = _words(
    "ở tại lên xuống đến tới vào gần khu vùng miền quê quanh ngang ghé hướng khắp phía từ về sang qua cách tận ra"
    " cạnh dọc góc"
)
#: Of these, the ones that streets named after persons come after rather than the persons.
BEFORE_STREETS = frozenset("phía cạnh dọc góc hướng".split())
FOLDED_LOCATIVES = frozenset("o tai len xuong den toi vao gan khu vung mien que ve sang qua cach ra".split())
#: Syllables that begin the names of communes and companies as often as those of persons.
PLACE_SYLLABLES = _words("""
    tân phú bình mỹ long vĩnh hoà thạnh đông tây nam bắc trung thượng hạ yên quảng sơn nghĩa hưng nậm mường chiềng tam tứ thái
    xuân an đại đồng phước lộc hải hà châu thanh thuận thọ phong lạc cao văn gia đức lâm bảo thủy giang ninh tiên trường thịnh
    đồi lũng khánh kỳ vạn quỳnh hương ngọc liên thành phúc từ mai lục hiệp nhơn nhân
""") - {"ngọc", "thanh", "văn", "hương", "quỳnh", "khánh", "đức", "mai", "hà", "bảo", "xuân", "gia", "phúc", "phong", "liên"}  # fmt: skip

#: Cue words that are the second half of another word: 'yêu cầu', 'văn bản', 'môi trường', 'cơ sở'.
NOT_CUES = frozenset(
    """
    nghe don;tin don;loi don;gia lang;yeu cau;nhu cau;toan cau;van ban;kich ban;co ban;bien ban;tai ban;xuat ban;phien ban;nguyen ban;moi truong
    thi truong;hien truong;truong hop;lap truong;can ban;dia ban;dan den;dan toi;phat song;cuoc song;doi song
    hoang ban;an ban;bai ban;hieu truong;pho truong;an pham;mua ban;ket cau;so ban;chi co;giai doan;cong doan;tap doan;thu doan;gian doan;bac cau;truc tuyen;cho co;cho den
""".replace("\n", ";")
    .replace(" ;", ";")
    .split(";")
)
NOT_CUES = frozenset(phrase.strip() for phrase in NOT_CUES if phrase.strip())

#: Provinces, districts and other well-known places of two words or more.
PLACES = _phrases("""
    hà nội;hà giang;cao bằng;bắc kạn;tuyên quang;lào cai;điện biên;lai châu;sơn la;yên bái;hòa bình;thái nguyên;lạng sơn
    quảng ninh;bắc giang;phú thọ;vĩnh phúc;bắc ninh;hải dương;hải phòng;hưng yên;thái bình;hà nam;nam định;ninh bình
    thanh hóa;nghệ an;hà tĩnh;quảng bình;quảng trị;thừa thiên;thừa thiên huế;đà nẵng;quảng nam;quảng ngãi;bình định
    phú yên;khánh hòa;ninh thuận;bình thuận;kon tum;gia lai;đắk lắk;đắc lắc;đăk lăk;đắk nông;đăk nông;đắc nông;lâm đồng
    bình phước;tây ninh;bình dương;đồng nai;bà rịa;vũng tàu;bà rịa vũng tàu;hồ chí minh;sài gòn;long an;tiền giang;bến tre
    trà vinh;vĩnh long;đồng tháp;an giang;kiên giang;cần thơ;hậu giang;sóc trăng;bạc liêu;cà mau;việt nam;hà tây;tây nguyên
    ba đình;hoàn kiếm;tây hồ;long biên;cầu giấy;đống đa;hai bà trưng;hoàng mai;thanh xuân;sóc sơn;đông anh;gia lâm
    nam từ liêm;từ liêm;bắc từ liêm;thanh trì;mê linh;hà đông;sơn tây;ba vì;phúc thọ;đan phượng;hoài đức;quốc oai
    thạch thất;chương mỹ;thanh oai;thường tín;phú xuyên;ứng hòa;mỹ đức;đồng văn;mèo vạc;yên minh;quản bạ;vị xuyên;bắc mê
    hoàng su phì;xín mần;bắc quang;quang bình;bảo lâm;bảo lạc;hà quảng;trùng khánh;hạ lang;quảng hòa;hoà an;nguyên bình
    thạch an;pác nặm;ba bể;ngân sơn;bạch thông;chợ đồn;chợ mới;na rì;lâm bình;na hang;chiêm hóa;hàm yên;yên sơn;sơn dương
    bát xát;mường khương;si ma cai;bắc hà;bảo thắng;bảo yên;sa pa;văn bàn;điện biên phủ;mường lay;mường nhé;mường chà
    tủa chùa;tuần giáo;điện biên đông;mường ảng;nậm pồ;tam đường;mường tè;sìn hồ;phong thổ;than uyên;tân uyên;nậm nhùn
    quỳnh nhai;thuận châu;mường la;bắc yên;phù yên;mộc châu;yên châu;mai sơn;sông mã;sốp cộp;vân hồ;nghĩa lộ;lục yên
    văn yên;mù căng chải;mù cang chải;trấn yên;trạm tấu;văn chấn;yên bình;đà bắc;lương sơn;kim bôi;cao phong;tân lạc
    mai châu;lạc sơn;yên thủy;lạc thủy;sông công;định hóa;phú lương;đồng hỷ;võ nhai;đại từ;phổ yên;phú bình;tràng định
    bình gia;văn lãng;cao lộc;văn quan;bắc sơn;hữu lũng;chi lăng;lộc bình;đình lập;hạ long;móng cái;cẩm phả;uông bí
    bình liêu;tiên yên;đầm hà;hải hà;ba chẽ;vân đồn;đông triều;quảng yên;cô tô;yên thế;tân yên;lạng giang;lục nam
    lục ngạn;sơn động;yên dũng;việt yên;hiệp hòa;việt trì;đoan hùng;hạ hoà;thanh ba;phù ninh;yên lập;cẩm khê;tam nông
    lâm thao;thanh sơn;thanh thuỷ;tân sơn;vĩnh yên;phúc yên;lập thạch;tam dương;tam đảo;bình xuyên;yên lạc;vĩnh tường
    sông lô;yên phong;quế võ;tiên du;từ sơn;thuận thành;gia bình;lương tài;chí linh;nam sách;kinh môn;kim thành;thanh hà
    cẩm giàng;bình giang;gia lộc;tứ kỳ;ninh giang;thanh miện;hồng bàng;ngô quyền;lê chân;hải an;kiến an;đồ sơn
    dương kinh;thuỷ nguyên;an dương;an lão;kiến thuỵ;tiên lãng;vĩnh bảo;cát hải;bạch long vĩ;văn lâm;văn giang;yên mỹ
    mỹ hào;ân thi;khoái châu;kim động;tiên lữ;phù cừ;quỳnh phụ;hưng hà;đông hưng;thái thụy;tiền hải;kiến xương;vũ thư
    phủ lý;duy tiên;kim bảng;thanh liêm;bình lục;lý nhân;mỹ lộc;vụ bản;ý yên;nghĩa hưng;nam trực;trực ninh;xuân trường
    giao thủy;hải hậu;tam điệp;nho quan;gia viễn;hoa lư;yên khánh;kim sơn;yên mô;bỉm sơn;sầm sơn;mường lát;quan hóa
    bá thước;quan sơn;lang chánh;ngọc lặc;cẩm thủy;thạch thành;hà trung;vĩnh lộc;yên định;thọ xuân;thường xuân;triệu sơn
    thiệu hóa;hoằng hóa;hậu lộc;nga sơn;như xuân;như thanh;nông cống;đông sơn;quảng xương;nghi sơn;cửa lò;thái hoà
    quế phong;quỳ châu;kỳ sơn;tương dương;nghĩa đàn;quỳ hợp;quỳnh lưu;con cuông;tân kỳ;anh sơn;diễn châu;yên thành
    đô lương;thanh chương;nghi lộc;nam đàn;hưng nguyên;hồng lĩnh;hương sơn;đức thọ;vũ quang;nghi xuân;can lộc;hương khê
    thạch hà;cẩm xuyên;kỳ anh;lộc hà;đồng hới;minh hóa;tuyên hóa;quảng trạch;bố trạch;lệ thủy;ba đồn;đông hà;vĩnh linh
    hướng hóa;gio linh;đa krông;đakrông;cam lộ;triệu phong;hải lăng;cồn cỏ;phong điền;quảng điền;phú vang;hương thủy
    hương trà;a lưới;phú lộc;nam đông;liên chiểu;thanh khê;hải châu;sơn trà;ngũ hành sơn;cẩm lệ;hòa vang;hoàng sa;tam kỳ
    hội an;tây giang;đông giang;đại lộc;điện bàn;duy xuyên;quế sơn;nam giang;phước sơn;hiệp đức;thăng bình;tiên phước
    bắc trà my;trà my;nam trà my;núi thành;phú ninh;nông sơn;bình sơn;trà bồng;sơn tịnh;tư nghĩa;sơn hà;minh long
    nghĩa hành;mộ đức;đức phổ;ba tơ;lý sơn;quy nhơn;hoài nhơn;hoài ân;phù mỹ;vĩnh thạnh;tây sơn;phù cát;an nhơn;tuy phước
    vân canh;tuy hoà;sông cầu;đồng xuân;tuy an;sơn hòa;sông hinh;tây hoà;phú hoà;đông hòa;nha trang;cam ranh;cam lâm
    vạn ninh;ninh hòa;khánh vĩnh;diên khánh;khánh sơn;trường sa;phan rang;tháp chàm;bác ái;ninh sơn;ninh hải;ninh phước
    thuận bắc;thuận nam;phan thiết;la gi;tuy phong;bắc bình;hàm thuận;hàm thuận bắc;hàm thuận nam;tánh linh;đức linh
    hàm tân;phú quí;phú quý;đắk glei;ngọc hồi;đắk tô;kon plông;kon rẫy;đắk hà;sa thầy;tu mơ rông;ia h'drai;an khê;ayun pa
    đăk đoa;đak đoa;chư păh;ia grai;mang yang;kông chro;đức cơ;chư prông;chư sê;đăk pơ;ia pa;krông pa;phú thiện;chư pưh
    buôn ma thuột;buôn mê thuột;ban mê thuột;buôn hồ;ea h'leo;ea súp;buôn đôn;cư m'gar;krông búk;krông năng;ea kar;m'đrắk
    krông bông;krông pắc;krông ana;krông a na;cư kuin;gia nghĩa;đăk glong;cư jút;đắk mil;đăk mil;krông nô;đắk song
    đắk r'lấp;tuy đức;đà lạt;bảo lộc;đam rông;lạc dương;lâm hà;đơn dương;đức trọng;di linh;đạ huoai;đạ tẻh;cát tiên
    phước long;đồng xoài;bình long;bù gia mập;lộc ninh;bù đốp;hớn quản;đồng phú;bù đăng;chơn thành;phú riềng;tân biên
    tân châu;dương minh châu;châu thành;hòa thành;gò dầu;bến cầu;trảng bàng;thủ dầu một;bàu bàng;dầu tiếng;bến cát
    phú giáo;dĩ an;thuận an;bắc tân uyên;biên hòa;long khánh;tân phú;vĩnh cửu;định quán;trảng bom;thống nhất;cẩm mỹ
    long thành;xuân lộc;nhơn trạch;châu đức;xuyên mộc;long điền;đất đỏ;phú mỹ;côn đảo;gò vấp;bình thạnh;tân bình
    phú nhuận;thủ đức;bình tân;củ chi;hóc môn;bình chánh;nhà bè;cần giờ;tân an;kiến tường;tân hưng;vĩnh hưng;mộc hóa
    tân thạnh;thạnh hóa;đức huệ;đức hòa;bến lức;thủ thừa;tân trụ;cần đước;cần giuộc;mỹ tho;gò công;cai lậy;tân phước
    cái bè;chợ gạo;gò công tây;gò công đông;tân phú đông;chợ lách;mỏ cày;mỏ cày nam;mỏ cày bắc;giồng trôm;bình đại;ba tri
    thạnh phú;càng long;cầu kè;tiểu cần;cầu ngang;trà cú;duyên hải;long hồ;mang thít;vũng liêm;tam bình;bình minh;trà ôn
    cao lãnh;sa đéc;hồng ngự;tân hồng;tháp mười;thanh bình;lấp vò;lai vung;long xuyên;châu đốc;an phú;phú tân;châu phú
    tịnh biên;tri tôn;thoại sơn;rạch giá;hà tiên;kiên lương;hòn đất;tân hiệp;giồng riềng;gò quao;an biên;an minh
    vĩnh thuận;phú quốc;kiên hải;u minh;u minh thượng;giang thành;ninh kiều;ô môn;bình thuỷ;cái răng;thốt nốt;cờ đỏ
    thới lai;vị thanh;ngã bảy;phụng hiệp;vị thuỷ;long mỹ;kế sách;mỹ tú;cù lao dung;long phú;mỹ xuyên;ngã năm;thạnh trị
    vĩnh châu;trần đề;hồng dân;vĩnh lợi;giá rai;đông hải;thới bình;trần văn thời;cái nước;đầm dơi;năm căn;ngọc hiển
    tô múa;bà nà;lăng ông;lăng bà;lăng cô;hải vân;ba na;cơ tu;xơ đăng;nga mỹ;anh mỹ;anh pháp;xứ thanh;xứ nghệ;xứ quảng;xứ lạng;xứ đoài;xứ huế;xứ mường;tân trào;mường thanh;mường lò;lao bảo;hữu nghị;đồng đăng;tân thanh;lạch tray;cát bà;đồng bằng;bắc trung bộ
    nam trung bộ;đông nam bộ;tây nam bộ;bắc bộ;nam bộ;trung bộ;miền tây;cửu long;phố nối;vạn phúc;mỹ đình;ba son
    thanh đa;thảo điền;an đông;bà chiểu;bà điểm;ông tố;cầu ông lãnh;bà quẹo;bà đen;bà hạt;ô chợ dừa;phố hiến
    thái bình dương;nam từ liêm;bắc trà my;thái lan;trung quốc;hàn quốc;nhật bản;đông nam á;hoa kỳ;đài loan;campuchia
""")  # fmt: skip
_STEMS, _BRANCHES = (
    "giáp ất bính đinh mậu kỷ canh tân nhâm quý".split(),
    "tý sửu dần mão thìn tỵ ngọ mùi thân dậu tuất hợi".split(),
)
#: Years by their names; 'Đinh Hợi' and the like may be persons.
YEARS = _phrases(
    ";".join(f"{stem} {branch}" for i, stem in enumerate(_STEMS) for branch in _BRANCHES[i % 2 :: 2] if stem != "đinh")
)
PLACES |= YEARS
#: Places of one word; only capitalised.
SINGLE_PLACES = _words("huế vinh lắk kbang hà-nội pleiku sapa dalat")

#: Years of birth that are names too: 'Hợi, Tý, Sửu gì cũng được' names nobody.
ZODIAC = _words("tý tí sửu dần mão mẹo thìn tỵ tị ngọ mùi thân dậu tuất hợi")

#: Persons of history whose names are streets, schools and wards; not a respondent's or an official's name without title.
FAMOUS_NAMES = _phrases("""
    đoan ngọ;vu lan;nguyên tiêu;đoan dương
    trương phi;tề thiên;lão hạc;quan công;tào tháo;khổng minh;bao công;đường tăng;lý thông;chí phèo;thị nở;bá kiến;chị dậu;trạng quỳnh
    hoạn thư;sở khanh;sơn tinh;thủy tinh;mai an tiêm;chử đồng tử
    nguyễn trãi;nguyễn huệ;nguyễn du;nguyễn văn cừ;nguyễn thị minh khai;nguyễn văn trỗi;nguyễn văn linh;nguyễn đình chiểu
    nguyễn công trứ;nguyễn khuyến;nguyễn bỉnh khiêm;nguyễn tri phương;nguyễn thái học;nguyễn chí thanh;nguyễn viết xuân
    nguyễn hữu cảnh;nguyễn hữu thọ;nguyễn lương bằng;nguyễn trường tộ;nguyễn tất thành;nguyễn ái quốc;nguyễn bính
    nguyễn văn bé;nguyễn phong sắc;nguyễn siêu;nguyễn an ninh;nguyễn xiển;nguyễn khoái;nguyễn biểu;nguyễn thông
    trần phú;trần hưng đạo;trần quốc toản;trần nhân tông;trần quang khải;trần khánh dư;trần cao vân;trần nguyên hãn
    trần bình trọng;trần nhật duật;trần đại nghĩa;trần quý cáp;trần khát chân;trần thái tông;trần duy hưng;trần não
    lê lợi;lê lai;lê duẩn;lê hồng phong;lê quý đôn;lê thánh tông;lê thánh tôn;lê văn tám;lê đại hành;lê trọng tấn
    lê thị hồng gấm;lê thanh nghị;lê đức thọ;lê hoàn;lê văn lương;lê hữu trác;lê ngọc hân;lê thị riêng;lê văn sỹ
    lý thường kiệt;lý thái tổ;lý tự trọng;lý nam đế;lý chính thắng;lý thái tông;lý nhân tông;phạm ngũ lão;phạm văn đồng
    phạm hồng thái;phạm ngọc thạch;phạm hùng;phạm thế hiển;phan bội châu;phan châu trinh;phan chu trinh;phan đình phùng
    phan đình giót;phan đăng lưu;phan huy chú;phan chu trinh;phan xích long;hoàng diệu;hoàng hoa thám;hoàng văn thụ
    hoàng quốc việt;hoàng sâm;hoàng cầu;võ thị sáu;võ nguyên giáp;võ văn kiệt;võ văn tần;võ chí công;võ văn ngân
    hùng vương;hai bà trưng;bà triệu;ngô gia tự;ngô quyền;ngô thì nhậm;ngô sĩ liên;ngô tất tố;đinh tiên hoàng;đinh bộ lĩnh
    đinh công tráng;quang trung;chu văn an;cao bá quát;cao thắng;cao xuân huy;tôn đức thắng;tôn thất thuyết
    tôn thất tùng;trường chinh;hồ xuân hương;hồ tùng mậu;huỳnh thúc kháng;huỳnh tấn phát;mạc đĩnh chi;mạc thị bưởi
    bùi thị xuân;đào duy từ;đào duy anh;đào tấn;đặng thai mai;đặng thùy trâm;đặng văn ngữ;đội cấn;kim đồng;la văn cầu
    lương thế vinh;lương văn can;lương định của;lương ngọc quyến;mai thúc loan;mai hắc đế;xuân diệu;xuân thủy;tô hiệu
    tô vĩnh diện;tô hiến thành;tô ngọc vân;trương định;trương công định;trương hán siêu;trưng trắc;trưng nhị;trưng vương
    văn cao;yết kiêu;dã tượng;điện biên phủ;hải vân;âu cơ;lạc long quân;an dương vương;thi sách;ông ích khiêm;bạch đằng;dương đình nghệ
    dương quảng hàm;đoàn thị điểm;cù chính lan;phan đình giót;bế văn đàn;vừ a dính;hồ chí minh;đồng khởi;giải phóng
    bùi viện;tạ hiện;đinh lễ;đinh liệt;lý quốc sư;mai xuân thưởng;phan kế bính;lưu hữu phước;phan văn hớn;vũ tông phan;trần huy liệu
    trần quang diệu;trần thủ độ;nguyễn xí;đoàn trần nghiệp;lý văn phức;phùng hưng;phùng khắc khoan;trịnh hoài đức;lưu quang vũ
    nguyễn khánh toàn;hoàng đạo thúy;khuất duy tiến;lê văn hưu;trần xuân soạn;nguyễn oanh;nguyễn kiệm;phạm văn chiêu;phạm văn hai
    phó đức chính;huỳnh văn bánh;huỳnh mẫn đạt;lũy bán bích;nguyễn thái sơn;ngô đức kế;nguyễn hữu huân;hàn thuyên;hàm tử;thoại ngọc hầu
    thống nhất;cách mạng tháng tám;xô viết nghệ tĩnh;nam kỳ khởi nghĩa;cộng hòa;hồ đắc di;tạ quang bửu;vũ trọng phụng
    nguyễn thị định;hàm nghi;duy tân;thành thái;đồng khánh;gia long;minh mạng;tự đức;quang trung;ỷ lan;khúc thừa dụ
    tây sơn;bà huyện thanh quan;sư vạn hạnh;hải thượng lãn ông;tuệ tĩnh;an dương vương;kinh dương vương;lê thị pha
    bác hồ;cụ hồ;bác tôn;quốc khánh;nguyên đán;hòa phát;bảo việt;thiên long;hoa sen;bảo tín
    mai chí thọ;lê quang đạo;nguyễn sinh sắc;tố hữu;nguyễn cơ thạch;nguyễn văn huyên;lê văn thiêm;nguyễn duy trinh;thích quảng đức
    phan văn trị;lê văn việt;nguyễn thị thập;lê quang định;nơ trang long;kha vạn cân;tạ quang bửu;hồ học lãm;nguyễn trung trực
    đoàn văn bơ;bùi hữu nghĩa;châu văn liêm;nguyễn ảnh thủ;hoàng văn thái;trần văn ơn;đội cung;đặng tất;trần văn giàu;hoàng minh giám
    bảo minh;phương nam;thành công;thiên hòa;hoàng anh gia lai;vĩnh tường;đức giang;văn miếu;trung thu
    trung ương;trung tâm;thanh toán;thông tin;thông tư;thông báo;công an;công tâm;an ninh;an toàn;bảo hiểm;bảo vệ;việt bắc
    xuân mai;phương đông;bình an;tâm an;an phát;hưng thịnh;thành đạt;phúc lộc;phúc lộc thọ;nhân dân
""")  # fmt: skip

#: Well-known streets that are named after no person.
STREETS = _phrases("""
    y wang;y jút;y moan;y ngông;y bih;ama khê;ama pui;láng hạ;kim mã;xã đàn;lạch tray;bạch mai;cầu giấy;giải phóng;phố huế;đê la thành;hàng bài;hàng bông;hàng đào;hàng gai
    hàng bạc;hàng da;tràng tiền;tràng thi;ba đình;độc lập;thống nhất;đồng khởi;nam kỳ khởi nghĩa;cách mạng tháng 8;cộng hòa
    điện biên phủ;trường sơn;cầu đất;cát linh;khâm thiên;minh khai;bạch đằng;trường sa;hoàng sa
""")  # fmt: skip

#: Others, after persons and not, as they are written without diacritics.
FOLDED_STREETS = _phrases("""
    an duong vuong;ba hat;ba hom;ba vi;bach van;ben chuong duong;ben nghe;ben van don;bui vien;bui xuong trach
    bui dinh tuy;cao lo;cao xuan duc;chien thang;chu manh trinh;chua boc;chua ha;chua lang;cho hang;co bac;co giang
    cong chua ngoc han;cong quynh;cua bac;cua nam;cua dong;cuu long;duong ba trac;duong van nga;giang vo;ha huy tap
    ha huy giap;ham long;ham tu;han mac tu;han thuyen;hang buom;hang bo;hang chieu;hang khay;hang ma;hang quat;hang than
    hang trong;hang non;hang chuoi;hang voi;hang tre;hang dieu;hang ga;hang vai;hang thung;hang luoc;hang ca;hoa ma
    hang ngang;hang mam;hang dau;hau giang;ho bieu chanh;hoang dao thuy;hoang ngan;hong bang;hong linh;huyen quang
    huyen tran cong chua;huynh man dat;huynh van banh;khuat duy tien;khuong ha;khuong trung;khuong dinh;kim giang
    kim nguu;ky con;ky hoa;la thanh;lac trung;lang trung;le chan;le thai to;le van huu;le van khuong;le van quoi
    le van tho;le dinh duong;le dinh ly;linh lang;linh nam;lo duc;lo su;luu huu phuoc;luu quang vu
    luong khanh thien;luy ban bich;ly chieu hoang;ly van phuc
    mac cuu;mac thien tich;mai xuan thuong;mau than;ma may;minh phung;nam cao;nam dong
    nam quoc cang;nghi tam;nghia tan;ngo duc ke;ngo van so;ngoc ha;ngoc hoi;ngoc khanh;nguyen gia tri;nguyen hoang
    nguyen huu huan;nguyen khang;nguyen khanh toan;nguyen kiem;nguyen lo trach;nguyen lu;nguyen nhac;nguyen oanh
    nguyen phuc nguyen;nguyen son;nguyen thai son;nguyen thi nho;nguyen van luong;nguyen van nghi;nguyen van qua
    nguyen van thoai;nguyen van dau;nguyen xi;nguyen duc canh;nguyen hong;nhat tao;nui thanh;nui truc;phan ke binh
    phan van hon;pho duc chinh;phung chi kien;phung hung;phung khac khoan;phuong mai;pham cu luong;pham huu chi
    pham phu thu;pham viet chanh;pham van bach;pham van chieu;pham van hai;pho quang;quan nhan;quan su;quan thanh
    quoc huong;quoc tu giam;suong nguyet anh;ta hien;ta uyen;tam trinh;tan da;tan hoa dong;tan huong;tan ky tan quy
    tan mai;tan son nhi;tang bat ho;thach lam;thai ha;thai phien;thai thinh;thai van lung;thap muoi;than nhan trung
    the lu;tho nhuom;thoai ngoc hau;thuy khue;tieu la;ton dan;ton that dam;ton that hiep;ton that thiep;tong duy tan
    tran binh;tran cung;tran dien;tran huy lieu;tran ke xuong;tran kim xuyen;tran nguyen dan;tran quang dieu
    tran quoc hoan;tran quoc thao;tran te xuong;tran thu do;tran vy;tran van dang;tran xuan soan;trieu quang phuc
    trieu viet vuong;trinh cong son;trinh hoai duc;trinh dinh thao;trung kinh;trung liet;trung phung;trung nu vuong
    trung trac;trung nhi;truong quyen;truong vinh ky;truong thi;tu do;tu cuong;ung van khiem;van cao;van kiep;van phuc
    van than;van tien dung;vinh ho;vinh khanh;vinh vien;vo thanh trang;vo truong toan;vo van dung;vu huu;vu lang
    vu ngoc phan;vu pham ham;vu tong phan;vu tung;xuan la;xuan hong;yen lang;yen ninh;yen phu;yen the;yen do
    o cho dua;ong ich duong;dang dung;dang tien dong;dang tran con;dao tri;de tham;dinh le;dinh liet;do hanh;do nhuan
    do quang;do xuan hop;do duc duc;doan khue;doan tran nghiep;doc ngu;dong cac;dong den;dong du;dong tac;dong da
    alexandre de rhodes;cach mang thang;bat dan;bat su;lan ong;cau go;nha tho;nha chung;ly quoc su;au trieu;phu doan
    thanh nien;phan boi chau;dien bien phu;ngo thi nham;ngo van nam;nguyen cuu van;nguyen dinh chinh;le ngo cat
    ky dong;ban co;ton that tung;doan van bo;ben me coc;phan huy ich;quang trung;thong nhat;le duc tho;le quang dinh
""")  # fmt: skip

# --- words around names ------------------------------------------------------------------------------------

FOLDED_STRONG_SURNAMES = frozenset(
    "nguyen tran pham huynh hoang dang bui trinh quach duong vuong giang le ngo vu dinh phung".split()
)
#: Without diacritics fewer words can be told from names.
FOLDED_FUNCTION_WORDS = frozenset("""
    nhu the nhat co la va cua cho ma da se duoc bi khong chua rat qua hon roi nua cung con hay khi luc de do vi voi ve tu
    trong ngoai tren duoi sau nay kia nao ai cac nhung nhieu it vai ca chi tu nhau them ra len xuong di den toi hai tam
    don so xu giao nen dang lam viec tien dien ky nop phai moi lai phong bo
""".split()) - {"tam", "con", "dang", "lam", "do", "vi", "chi", "le", "tien", "ky", "lai", "the", "giao", "sau", "dien", "hai", "phong",
                "tu", "ca", "nhat", "nhu", "xu", "so", "don", "la", "bo", "di"}  # fmt: skip
FOLDED_NOT_AFTER_TITLES = frozenset("""
    ay ta nay kia do nao em chi anh ong ba trai gai ca giao troi con google facebook zalo minh kbnn kb ubnd da chau co chu bac dau
    gi cac nhung moi sep admin chatbot thay noi ngoai gia tre kho chua chong vo re ban so uy
""".split())  # fmt: skip
#: What people do after their name is said: evidence that a word before is the name.
FOLLOWERS = _words("""
    cần bớt giữ trông hút xin cùng nộp nên sao mất     rất đã đang sẽ không ko k kg hok hông chưa chẳng phòng bên ở bộ tổ quầy làm nói giải hướng giúp hỗ tiếp trả bảo nhắc gọi ký duyệt
    cười kế thủ kho kb kbnn và với nhiệt vui dễ khó tận ơi ạ nhé lắm quá thì là có cứ toàn hay luôn cũng vẫn mới hôm vừa lại cho đi ngồi
    mà này trực phụ thái trong tại nè nha à ah j ngày lúc để gọi nghe thật chu niềm cẩn xử kiểm soát ghi bị được sửa chỉ hẹn hỏi đòi nhiều
    gợi yêu nhận thiếu nghỉ vắng lịch nhẹ hòa thân chậm nhanh gây quát mắng hách nóng cáu bắt hành trưởng phó giám chuyên cán người bữa
    cửa số sáng chiều trưa tuyệt ok nhìn ra vào xem mong bằng như cùng tư dặn đưa cầm lấy thu mời từ làm xuống lên viết nhập chuyển đẩy
    soạn giữ cung chịu tên thường hứa họp tổng giọng xinh hiền giỏi đẹp hơi vẫn phải nghiêm lễ tươi mỉm vẫy lại kho bán đeo trách
    họp sđt sdt số đt lề lười siêng quản tốt kém khen vì trước sau hết báo gửi đón của bận thích dạy tra
    biết biếu biểu bàn bèn bê bấm bật bỏ cau chi chuyện chép chê chìa chăm chơi chạy chả chỉnh chớ chở chửi chữa cân còn cõng
    cúp cút cấp cắt cộng doạ dám dán dùng dắt dịch dọa dọn dở dữ giao giấu gõ gắt gặp gởi hiểu hong hãy hơn hả hệt hổng in khi
    khiêng khoá khuyên khóa kia kiến kéo kêu kí kẹt kết kể la lau liếc liền liệng lo lướt lườm lập lộn mang muốn muộn mún mở
    ngay ngâm ngó ngắt ngủ nhá nháy nhăn nhường nhầm nhắn nhớ nhờ né ném nấu nữa om pha photo phàn phát phân phê qua quét quên
    quăng rà rót rời sang scan sợ than thay theo thúc thăm thương thảy thấy treo tránh trên trình trễ trốn trợn trừ tìm tính tắt
    tặng tới tự uống vác vòi vẽ về vứt xoay xách xé xấu xứng ép ăn đem đáng đánh đáp đóng đăng đập đếm đến đề đều định đọc đối
    đồng đỡ đứng đừng ủng support handle fix rep reply help seen confirm check explain update
""")  # fmt: skip
#: Single words that are written with a capital inside a sentence and are no name there.
CAPITALISED_WORDS = _words(
    "chương điều khoản mục nghị sắc đoàn hội đội viện đảng tết phật chúa trời hiến luật bộ sở nhà ban cục quý thuế tây tàu nga mỹ anh pháp đức ấn hán nôm kinh thái hoa"
)
#: Those that only persons do: enough for a given name that begins a sentence.
PERSONAL_VERBS = frozenset("""
    rat noi giup bao cuoi huong tiep nhiet vui lam giai nhac luon hay da de
""".split()) - {"bao", "da", "de", "hay"}  # fmt: skip
KINDS_OF_STAFF = _words("""
    thu chi trực trẻ cũ mới nữ nam giỏi lãnh chính hai ba tư bốn năm thuế tài toàn tiền thi đơn văn quân tiếp tốt yếu cao kém
    công đảng đoàn hội luật viện tỉnh nhà làm đa phòng trung già ban sở lớn hiện chuyên
""")
#: Words before a name.
INTRODUCERS = _words("""
    gồm gặp khen nhờ ơn tạ của do bởi bị gửi tên là hỏi bảo mong chúc mời quý thưởng chào nghe thấy đến với cho và như biết phục phê
    tuyên thương nhắc tố phản tìm đợi chờ gọi thanks thank cảm cám kiện từ được thay thưa mến nhớ yêu cùng thầy để hay
    bên bằng bố bữa chuyện chê chịu có dt dùm dương ghi ghét giao giùm giúp gõ gộp gởi hoặc hôm hồi in khi kêu ký lúc lại lời
    mai mà máy mượn mỗi nay ngoài nhưng nick nếu qua riêng rồi sao sdt sđt theo thành thêm thì tin trừ tại tội tới từng vì về vụ
    xin xử zalo đt đưa đồn
""")  # fmt: skip
INTRODUCER_PAIRS = frozenset(
    "xin loi;chuc mung;hoan ho;ky luat;bieu duong;tuyen duong;khen thuong;thuong cho;phe binh;khach hang;do cua;ten la;toi la;cam on;cam ta;biet on;lien he;dong chi;cho gap;xin gap;can bo;ky ten;thanks to;thank you".split(
        ";"
    )
)
#: Words that continue a role: 'kế toán trưởng xã', 'giao dịch viên quầy'.
ROLE_TAILS = _words("""
    viên trưởng phó chi bộ sở xã trường đơn vị phòng huyện kho bạc nhà nước bên quầy tổ đội khu ban thuế toán tỉnh kb kbnn cty
    vien truong pho bo so xa don vi phong huyen bac nha nuoc ben quay to doi toan tinh soát soat cũ mới chính tổng hợp trẻ nữ nam mầm non
    tiểu học thcs thpt mn th
""") - {"chi", "khu", "ban", "nam", "to", "bac", "ben", "so", "bo"}  # fmt: skip
#: Given names that stand after 'chi', 'co', 'anh' in text without diacritics more often than the words they fold with.
FOLDED_SURE_GIVENS = frozenset("""
    oanh khanh thuy thuyen lan hoa huong hang hanh nga hue mai trang trinh thao linh loan ly nhung nhan nhi ngoc nguyet phuong quynh
    tham thom thoa thuong tuyet uyen vy yen hien hoai lien minh nam tuan hung dung cuong dat duc khoa khoi kien long luan quang quan
    quoc son tai tam tan thang thinh toan trung tung viet vinh phuc phong huy hieu hoang hai giang hau dao diep duyen gam ngan ngat
    nhai luyen theu thy ut tho xuyen sen lam nhu cuc cam bich chau dang dai diem dieu doan du duong duy ha hoi hop hong hoan huyen
    khang khue khuyen kim kieu la lai lanh le loi luong luu man mau men mien my nghi nghia nguyen nhai nhat nhan nhon ninh nu nuong
    oanh pha phi phu phung que quyen quyet sam sau sinh suong sy ta tao thach thai than thanh the them thi thien thiet thieu thong
    thu thuan thuc tien tin tinh to ton tra tram tran tri trieu truc truong tu tuong tuyen ty van vang vi vien vu vuong xuan y an anh
    ai ban bang bao be ben binh buoi cai can canh chien chinh chung chuong cong cu dam dan danh dau de den dep diu dong dua gai gia
    hao heo ho hoach hoc hon hy ke khai kha kham khiem khiet khoan khuong ky lac lap lich lieu linh loc luc luat luom luyen manh mo
    mong muoi nau nen ngo ngon nhac nham nhanh nho nhuan nuoi on phan phat phien phuoc quy ren ri sa sang si soan sua suu tac tap
    tich tiem tiep tieu trac trach tre trong tuc tue tuoi tuy un ung vach ve vinh von xa xinh xoan yen thoan thuyet luy khuy hoe nghiem
    huan kiet ngoan nhut quoi thiep thoai tuyn giap bach khoat hoat nhuong thuat luong uy thiem tong nghi nhien quat hach duan due ngan ngai hoanh tuat ngu
    """.split()) - frozenset("""
    la lai the them can den nen cai be ke ky an ai ban bao cong con danh dau de dan dong dua hoc ho hon khai lap lap mo mong nau ngon
    nham nhanh nho nuoi on phan phat phien quy ren ri sa sang si soan sua tac tap tich tiep tieu trach tre trong tuc un ung ve von xa
    y thu thi tao ta to tin tinh tien thong the thanh than le sau sinh phi luat luc luong luu lich nhat ngo nhien ngu thien
    uy tu tra tri tran pha nu nguyen nghi nghia mau man lanh du doan dieu diem dam chinh chung canh gia khoan hao heo hoach hoi hop
    duoc den hang quan nhan gai chien dai toan tham thuc trung phong tai lam ha kha viet trieu truc truong van vang vi vien vu muoi
    quyen quyet thuong chi kham kiem cu""".split())  # fmt: skip
FOLDED_PERSONAL_FOLLOWERS = frozenset("""
    xin gui tim nhieu rat phong ben quay nhiet vui huong giup noi lam tra ke giao kiem luon that tan xu ho tiep o thu khong da oi nhe va voi qua hay dang
    thai giai hieu nhan xac thuc so sdt dt sinh ky lam da quay hua khong ngoi tra nen kho lich de
    cuoi goi ky duyet bao chua se de la thi co nghe bo to kho kb kbnn truc phu nha a dc bi ma toan cu
    """.split())  # fmt: skip
#: Things that have names like those of persons: 'xe Hoàng Long', 'gạo Thiên Ngọc', 'nhà thầu Bảo An'.
THINGS = _words("""
    xe tàu phim sách đài kênh quỹ hiểm mì ví thẻ sim app web gói giải cúp toà tháp hãng gạo bia sữa trà chè phở bún cơm bánh nước sơn gạch thép
    ghế bàn tủ quạt đèn loa giường tour vé thầu nhãn hiệu món rượu thuốc vải cáp mạng
""")
#: Surnames that are waters, passes, crops, folded roads before the name of a place: 'Hồ Ba Bể', 'Chè Thái Nguyên'.
OF_PLACES = _words("duong hồ đèo trà chè cam sâm bưởi lụa vải hành")
#: Kinds of places that are named after an 'Ông' or a 'Bà'.
GEOGRAPHIC = frozenset(
    "quan tiem chua cho cau lao mieu den nui ho kenh rach lang pho dinh con cong dap bai hon ben ga vam doc".split()
)
#: Kinds of places that bear the full name of a person of history, folded.
NAMED_AFTER_PERSONS = frozenset("truong thcs thpt th mn hoc non giao vien duong pho ngo hem ngach".split())
#: Kinds of places that have an official: 'Chủ tịch xã ...'.
ADMINISTRATIVE = frozenset("xa phuong thon ban buon ap lang khom xom huyen tinh khu tran".split())
#: Words that begin like a title and name no one.
KINDS_OF_PERSONS = _phrases("""
    thầy lang;thầy bói;thầy cúng;thầy thuốc;thầy đồ;thầy tu;thầy mo;bà đỡ;bà mụ;bà đầm;bà hoàng;bà chúa;ông lão;bà lão;ông bụt
    ông tướng;ông thánh;ông lớn;anh nuôi;chị nuôi;chị em;cô dâu;chú rể;chú lính;bác tài;cậu ấm;cô chiêu;cô hồn;cô đơn;bạn nữ
    bạn đọc;chú ý;chú thích;bác ái;cô lập;cụ thể;con tin;em bé;em trai;em gái;anh trai;chị gái;con trai;con gái;em trực;chị trực;anh trực;cô trực;bác trực;chú trực;bạn trực
""")
#: What only persons do or are, folded, as it goes on after a name: 'chi be tra ho so', 'co truc lam viec'.
PERSONAL_PHRASES = frozenset("""
    lam viec;noi nang;noi chuyen;huong dan;giai thich;tra loi;giup do;ho tro;nhiet tinh;vui ve;de thuong;de men;than thien
    thai do;tiep don;tiep khach;tiep dan;kho tinh;kho chiu;lich su;chu dao;tan tinh;tan tam;nhe nhang;cau gat;quat mang;gat gong
    giai quyet;nhac nho;tra ho;nhan ho;kiem ho;xem ho;giu ho;hen toi;hen lai;bat toi;bao toi;noi voi;cham chap;nghi phep;rat nhiet
    rat de;rat vui;rat kho;rat tan;rat chu;rat lich;phuc vu;ung xu;cu xu;hach sach;cuoi noi;cuoi tuoi;noi nho;noi to;to thai
    bo ve;bo di;di vang;di hop;nghe may;khong nghe;goi dien;goi lai;nhan tin;tu van;doi xu;lon tieng;mat lich;nong tinh;gay kho
    luon vui;luon nhiet;luon cuoi;luon giup;thong cam;giu xe;giu do;di lam;da o;lam on;trong xe;da giup;da nhan;da tra;da xu;da kiem;da huong;sua may;sua loi;sua giup;sua ho;xem lai;xem giup;kiem tra;ky duyet;ky giay
    cho biet;cho xem;dua cho;nhan giay;di hoc;di hop;di cong;nghi sinh;nghi om;nghi huu;ve huu;moi ve;moi vao;biet lam;biet viec
    la nguoi;la can;phu trach;truc tiep;in giup;lam giup;lam ho;lam nhanh;lam cham;dang nghi;dang hop;dang ban;co thai;van vui;van nhiet;da nhiet;da ho;da tan;da giai;hay cau;hay quat;hay cuoi;hay quen
    ngoi choi;ngoi lam;truc quay;o quay;tra loi;kien nhan;niem no;hoa nha;cau co;mat go;doi tien;goi y;qua te;qua dang
""".replace("\n", ";").replace("    ", "").split(";")) - {""}  # fmt: skip
SURE_INTRODUCERS = frozenset("gặp khen nhờ hỏi gap thanks thank gọi".split())
BEFORE_PERSONS = SURE_INTRODUCERS | frozenset("hoi nho khen goi đợi chờ tìm".split())  # before a capital
#: Labels before a colon, besides roles.
NAME_LABELS = frozenset("""
    lien lac;nguoi giao;nguoi giu;nguoi ban;nguoi mua;nguoi thue;nguoi huong;nguoi thu;nguoi chi;nguoi bao;thanh vien;uy vien;dau moi
    ten;ho ten;va ten;nguoi nhan;nguoi gui;nguoi viet;nguoi ky;nguoi gop;nguoi lap;lien he;dai dien;ky ten;nguoi hoi;nguoi khai;kt
    nguoi phan;lh;gap;nguoi yeu;nguoi nop;nguoi dan;nguoi de;from;nguoi phu;gop y;gdv;ktt;chu tk;chu tai khoan;tai khoan;chu the
    phu trach;de nghi;can bo;nguoi tra;tra loi;phan anh;nguoi dung;dau moi;cc;ky thay;ky ten;thay mat;kinh thu;tran trong;nguoi lien;thu truong;chu ho;nguoi
    nv;ksv;nhan vien;cbcc;vien chuc;cong chuc;gd;hieu truong;giam doc;chong;vo;cha;me;con;bo;y kien;nhan xet;tac gia;ng gui;ng viet
""".replace("\n", ";").replace("    ", "").split(";")) - {
    "de nghi", "y kien", "nhan xet", "gop y", "tai khoan", "phan anh", "con", "tra loi", "nguoi dan", "bo", "can bo", ""}  # fmt: skip
#: Roles as they are shortened in brackets after a name.
SHORT_ROLES = frozenset(
    "ktt kt kttc gdv ksv tp gd pgd gđ pgđ tq cb nv ktv cv cvc pp ttv ht pht ct pct hieu bao van".split()
) - {"ct", "van", "hieu", "bao", "ht"}
#: Words of an office in brackets after a name: 'Khoa (tổ điện toán)', 'Kim Ngân (bàn 1)'.
BRACKETED_OFFICES = frozenset("tổ phòng khoa quầy bàn bộ cửa ban to phong quay bo cua".split())
#: Titles that are common words where the text has no diacritics ('chi' is chỉ or chi, 'co' is có).
AMBIGUOUS_FOLDED_TITLES = frozenset(
    "chi co ba thay chu cau di mo duong cu bac a c e b con ban bo me be cha chau vo chong".split()
)
#: Surnames that begin a sentence as ordinary words.
SURNAMES_LIKE_WORDS = _words("""
    từ lại tăng văn cao đồng mai thân lưu triệu chu vi thái lâm tạ tống la mã kiều long lăng nông ninh trình thi quan cù viên ân kim
    khúc lạc lỗ mẫn phí phù quản sử thẩm tiết tòng tất trác trang tưởng đan điền đổng ứng bàn bàng biện cung chung chương chế giáp
    giản hàn hán hồng hình hạ ngân nhiêu phú sơn thanh mùa mua cứ hờ hướng lường đinh hà lục đào bế âu phương quảng bạch hùng bá bạc
    hứa đậu châu tôn tô vương đàm lương dư hoàn khổng tiêu cầm vàng
    hạ đới tiết viên cung hình cồ bồ thôi liễu ngũ khiếu mục luân hậu ong ca cự ưng
""")  # fmt: skip
#: Middle names that make three syllables without capitals a name.
TYPICAL_MIDDLES = _words("""
    thị văn hữu đức đình minh ngọc thanh quốc xuân hoàng quang công tiến gia bảo hồng kim thu thúy thùy mỹ bích cẩm diễm lệ kiều
    quỳnh phương thảo như quế khắc đăng mạnh trọng viết duy anh hải trung thành thế tuấn chí nhật huy khánh bá vĩnh phúc phước tấn
    thái đắc ánh hà lan hoài tường vân mai tuyết trà trúc thiên hoa huyền linh long nguyên nhã thục tố tú uyên yến diệu hiền nguyệt
    thi van huu duc dinh quoc xuan hoang cong tien hong thuy my bich cam diem le kieu quynh phuong thao nhu que khac dang manh trong
    viet hai thanh the tuan chi nhat khanh ba vinh phuc phuoc tan thai dac anh hoai tuong tuyet truc thien huyen nguyen nha thuc
    to tu yen dieu hien nguyet sy sĩ sỹ si ái nam cao doan doãn hung hùng quý quy kỳ ky phi hạnh hanh lâm lam
""")  # fmt: skip

#: Middle names that hardly stand between a surname and another word else.
SURE_MIDDLES = _words("thị văn hữu đình thi van huu")

# --- minorities ---------------------------------------------------------------------------------------------

#: 'Y Bhăm' is a name, these are words and places.
NOT_AFTER_Y = _words("tế dược học tá sĩ bác đức khoa lệnh hệt kiến tý yên tưởng thức nghĩa tuyên")
#: Surnames of minorities that are no other word, without diacritics; 'nay' only before a syllable that is not Vietnamese.
FOLDED_SURE_MINORITY = frozenset(
    """
    puih kpuih rahlan hiao ro zo pơloong poloong coor     siu ksor rmah rcom rocham kpa alang arat briu zoram bhling dieu cil kra mlo chamalea pinang kator touneh touprong neang nay ka rah hmok
    bkrong kbuor ktul knul
""".split()
)
#: What follows the 'A' of men in the Central Highlands, where it could be Vietnamese.
AFTER_A = frozenset("lang rat ting vo xang dung pao phu dia sinh tua hu lu chu sua nhia".split())
#: Surnames of two syllables in the Central Highlands, folded.
DOUBLE_SURNAMES = frozenset(
    "pi nang;kon so;kon sa;ko sa;lo mu;ro ong;lieng hot;lieng jrang;ro cham;rah lan;ro lan;ro hal;ro mah;pang ting;bon yo;cil mup".split(
        ";"
    )
)
#: Surnames before the 'Y' of Hmong women: 'Và Y Pà'.
BEFORE_Y = frozenset("và vừ già xồng lầu lỳ hờ bá mùa sùng giàng thào hạng cứ ly lý".split())
#: Peoples that are written as names of persons are.
PEOPLES = frozenset("h'mong h're k'ho".split())
#: Surnames that stand last: Y Bhăm Niê, H'Hen Êban.
LAST_SURNAMES = frozenset(
    fold(name)
    for name in """
    niê êban eban mlô ayun ktul kbuôr byă hmok hmŏk knul ênuôl kpă kpa rcom rơchâm siu ksor rmah bkrông hđơk hdok adrơng ađrơng
    ya bdap kđoh ktla kriêng mdrang rcăm hwing jiê buôn êđê liêng bing bya kbuor ênuôl mlo niekdam kdăm hlong
""".split()
)
#: Middle syllables of Hmong, Dao, Khmer and others: Giàng A Páo, Thào Seo Chúng, Thạch Sa Rinh.
SINGLE_MIDDLES = frozenset(
    "a seo mi sa pa lao so sua thi van say pha chan ta phu ong nhia xuan no ba mua o y phol sam e".split()
) - {"mi", "pa", "ba", "so", "ong", "phu", "ta", "xuan", "no", "o", "e", "lao", "sam"}
SINGLE_MIDDLES_ACCENTED = _words("a seo mí sa láo thị văn súa sua y sóc sà sô phá chẩn chan nhìa mùa ông") - {"ông"}
MINORITY_MIDDLES = SINGLE_MIDDLES | frozenset(
    "mi pa ta phu may lao thanh so rit sok soc sa hoang ry da cho chi chu mua".split()
)

#: Two-word words of the language made of syllables that are names too: no name runs through them in lower case.
COMPOUNDS = _phrases("""
    thực tập;đại biểu;ba mươi;bốn mươi;năm mươi;sáu mươi;bảy mươi;tám mươi;chín mươi;ba trăm;năm trăm;trung đội;hội thẩm;áp dụng;ánh xạ;bàn giao
    y tế;nhi đồng;cương quyết;phản ánh;vệ sinh;chữ thập;thập đỏ;trang web;quan sát;nghĩa là;xa phòng;cầu thang;xà phòng
    hệ thống;nông dân;xoay xoay;giám thị;giám khảo;viện trưởng;kiểm sát;mai là;mai kia;mãi mới;hoài không;hoài luôn;hoài vậy;hoài à
    truyền thanh;truyền hình;kính gửi;kính mong;kính thưa;kính đề;đề nghị;đề xuất;đề án;đề tài;đề bạt;đề ra;đề phòng;cử tri;cử chỉ;cử nhân;cử động;cử đi
    khuyến học;ghi chú;chú thích;chú ý;tiếp nhận;sức khỏe;gia hạn;kỳ diệu;danh kỳ;thầy lang;thầy bói;thầy cúng;thầy thuốc;thầy u;    anh dũng;dũng cảm;dũng mãnh;hùng hồn;phấn khởi;phấn đấu;phấn chấn;hạnh phúc;hạnh kiểm;hân hoan;hân hạnh;hoan hỉ;hoan nghênh;hòa đồng
    hòa thuận;hòa giải;hậu quả;hậu thuẫn;hậu mãi;hiếu khách;hiếu kỳ;hiển thị;hiển nhiên;khoái chí;kính nể;kiệm lời;lành mạnh
    lượng thứ;nhẫn nại;nhẫn nhịn;nghiêm trọng;nghiêm nghị;nguyện vọng;oai vệ;quý trọng;thạo việc;thảnh thơi;thoải mái;thoái thác
    tín ngưỡng;trân trọng;trân quý;tuần tự;tỉnh táo;xuyên suốt;yên lòng;dung dị;chính kiến;diễn giải;đoan trang;đoàn kết;đôn hậu
    đôn đốc;đông đúc;đông đủ;đông khách;đức tính;giao lưu;hào phóng;hào hứng;hào hiệp;hảo tâm;hoạt bát;học hỏi;học tập;hội họp
    hợp lý;hợp tác;hợp pháp;hợp lệ;hưng phấn;khôi phục;khôi hài;kiên nghị;kiêu ngạo;kiêu căng;kiệt sức;lãng phí;lịch lãm;liêm chính
    lợi hại;mạnh miệng;ngoan cố;ngoan ngoãn;nhân từ;nhất loạt;nhu cầu;nhuần nhuyễn;phúc đức;quán xuyến;quyền hành;sáng tỏ;sinh động
    sinh sự;sung túc;tâm phục;tâm niệm;tân trang;thanh đạm;thiện ý;thiện nguyện;thiết tha;thiết yếu;thuần nhất;thúc giục;thúc đẩy
    toàn vẹn;trang nhã;trầm tĩnh;trầm trọng;tuyên bố;tuyệt đối;uy nghiêm;vận hành;vận động;viên mãn;viện cớ;viện trợ;vĩ đại
    vững vàng;vững chắc;xứng đáng;định cư;thương tình;bình thản;cảnh quan;chuyên chở;diễn ra;đại trà;giản dị;hành xử;hành vi;hành chính
    mùa xuân;mùa hạ;mùa thu;mùa đông;tên miền;tên hàm;tên hệ;tên loại;khen thưởng;liêm khiết;cần mẫn;siêng năng;hiền hậu;thanh liêm;cương trực;trung trực
    tinh tường;am tường;tháo vát;quyết đoán;uyên bác;uyên thâm;điềm đạm;điềm tĩnh;ân cần;dịu dàng;hiền lành;hiền hòa;hiền dịu
    bảo vệ;bảo hiểm;bảo mật;bảo đảm;bảo quản;bảo hành;bảo lãnh;bảo trì;bảo dưỡng;an toàn;an tâm;an ninh;an ủi;an vui;an bình
    anh em;anh chị;anh hùng;ánh sáng;ân cần;ân hận;ân tình;bình thường;bình tĩnh;bình quân;bình đẳng;bình luận;bình yên
    bình an;bích chương;biên bản;biên chế;biên lai;biên nhận;biên soạn;cao đẳng;cao điểm;cao cấp;cao hơn;cao nhất;cao quý
    cao thượng;cao tuổi;cao tầng;cao su;cẩn thận;cẩn trọng;cảnh sát;cảnh báo;cảnh giác;cảnh quan;chân thành;chân tình
    chân thực;chân chính;chánh văn;chánh thanh;châu âu;châu á;chi tiết;chi tiêu;chi phí;chi nhánh;chi trả;chi bộ
    chi thường;chi lương;chi đầu;chi ngân;chí tình;chính xác;chính phủ;chính sách;chính quyền;chính thức;chính đáng
    chính trị;chính trực;chính tả;chính là;chu đáo;chu trình;chu toàn;chu kỳ;chu cấp;chung chung;chung quy;chuẩn mực
    chuẩn bị;chuẩn xác;chuyên môn;chuyên nghiệp;chuyên viên;chuyên trách;chuyên gia;chuyên cần;chứng từ;chương trình
    công an;công bằng;công bố;công chức;công dân;công khai;công tâm;công tác;công trình;công ty;công văn;công việc;công vụ
    công nghệ;công nghiệp;công nhân;công cụ;công lao;công minh;công sở;công thương;công viên;công chúng;công nợ;công lập
    công quỹ;công chứng;công trường;công đoàn;công nhận;công sức;cư dân;cư trú;cư xử;cường độ;cường điệu;danh mục;danh dự
    danh sách;danh tính;danh nghĩa;danh hiệu;dân cư;dân sự;dân chủ;dân tộc;dân vận;dân quân;dân dã;diện tích;diễn đàn
    diễn biến;doanh nghiệp;doanh thu;doanh nhân;dung lượng;dung thứ;duy nhất;duy trì;duy tu;duyên dáng;dương lịch;dự án
    dự toán;dự kiến;dự phòng;dịu dàng;dịu dẫn;dương tính;đại diện;đại học;đại khái;đại lý;đại từ;đại đa;đàm phán;đào tạo
    đảm bảo;đảm nhận;đạo đức;đạt yêu;đạt chuẩn;đắc lực;đăng ký;đăng nhập;đăng tải;đăng tin;địa phương;điểm danh;điềm đạm
    điềm tĩnh;điển hình;điện tử;điện thoại;điệp khúc;đinh ninh;định kỳ;định mức;định hướng;định lượng;đoàn kết;đoàn kiểm
    đoàn thanh;đoàn thể;đoàn viên;độ trễ;độc lập;đồng hồ;đồng ý;đồng bộ;đồng nghiệp;đồng thời;đồng chí;đồng tình;đồng bào
    đồng cảm;đồng loạt;đồng đều;đồng hành;đồng tiền;đồng thuận;đông đảo;đông đúc;đông người;đông khách;đông quá;đơn giản
    đơn vị;đơn thư;đường dây;đường truyền;đường xa;đường sá;đường link;đức tính;gia đình;gia hạn;gia tăng;gian nan;giao dịch
    giao tiếp;giao diện;giao thông;giao lưu;giao nhận;giao ban;giang sơn;hà tiện;hà khắc;hài hòa;hài lòng;hải quan
    hàng tháng;hành chính;hành vi;hành động;hành hạ;hân hạnh;hân hoan;hạnh phúc;hạn chế;hậu quả;hậu kiểm;hiền hòa;hiền hậu
    hiền lành;hiện đại;hiện nay;hiện trạng;hiện tại;hiếu khách;hiểu biết;hiểu rõ;hiệu quả;hiệu lực;hoa mắt;hoan nghênh
    hoan hỉ;hoàn thành;hoàn thiện;hoàn tất;hoàn toàn;hoàn cảnh;hoàn trả;hoàn thuế;hoàng hôn;hòa nhã;hòa đồng;hòa giải
    hóa đơn;hoạt động;hoạt bát;học sinh;học hỏi;học tập;hội thảo;hội nghị;hội trường;hội đồng;hợp đồng;hợp lý;hợp lệ
    hợp tác;hợp pháp;hồ sơ;hồ hởi;hồ nghi;hồi âm;hồng hào;hồng phúc;hứa hẹn;huấn luyện;hướng dẫn;hưởng ứng;hương vị
    bác sĩ;bác ái;chú trọng;chú tâm;chú ý;chú thích;con tin;con đường;con trưởng;cô lập;cô đơn;cô nhi;cô động;chồng chất;chồng chéo
    đội trưởng;đội phó;thầy thuốc;cụ thể;ông công;anh linh;anh hào;anh tài;nghiêm trọng;phạm quy;quang vinh;thân hữu;thân ái;thân thế
    vì thế;đàng hoàng;kiên trung;lưu manh;tráng lệ;trang nhã;tăng trọng;trang hoàng;mùa thu;mùa xuân;cao nguyên;văn sĩ;kim chi
    trịnh trọng;tiêu tan;từ nguyên;đồng minh;danh gia;bàng hoàng;bàng quan;biện minh;khúc khắc;hiến pháp;cơ chế;hạn chế;thiết chế
    định chế;khống chế;thể chế;hương ước;thực tiễn;phác hoạ;quan niệm;quốc dân;tiết chế;quyền lực;công cụ;dụng cụ;nguyên thủ
    nhu cầu;nghị viện;dự thảo;tồn tại;câu lạc;toàn cầu;chủ nghĩa;chủ thể;chủ trì;chủ trương;chủ động;chủ yếu;đương nhiên;tham gia
    mặt trận;tổ quốc;tích cực;luồng ý;đường lối;chặt chẽ;sắc lệnh;khách quan;chủ quan;cơ quan;nội dung;nội hàm;ngoại ngữ;phương hướng
    pháp chế;vận hành;chiến sĩ;khái niệm;thị trường;kinh tế;xã hội;hưu trí;cựu chiến;bố trí;bố cục;đối tượng;trừu tượng;hiện tượng
    ba hoa;bảo lưu;bảo thủ;bảo toàn;bảo trợ;bảo ban;bảo kiếm;cao học;cao sang;cao siêu;cao thủ;cao độ;cao đẹp;cao tăng;cao kiến
    chi viện;chi hội;chi đoàn;chi phái;chi thu;chí công;chí hướng;chí lý;chí thân;chí tâm;công danh;công dụng;công hiệu;công luận
    công phu;công quyền;công thức;công tố;công đức;công ơn;công ước;công điện;công hàm;công nhật;dinh dưỡng;diễm phúc;gia công
    gia cảnh;gia dụng;gia sự;gia thế;gia tài;gia cố;gia vị;gia trưởng;hiền tài;hiền từ;hoa hồng;hoa văn;hoa viên;hoa lợi;hoa hậu
    hoa khôi;hoài nghi;hoài niệm;hoàn chỉnh;hoàn tiền;hoàn nguyên;hoàn vốn;huy chương;huy hiệu;huy hoàng;huy động;hùng hậu;hùng hổ
    hùng hồn;hùng vĩ;hùng dũng;hạnh kiểm;hạnh nhân;hải sản;hải quân;hải lý;hải đăng;hữu dụng;hữu hảo;hữu tình;hữu ý;hữu hình;khắc hoạ
    khắc ghi;khắc con;khắc dấu;kim cương;kim tiêm;kim ngân;kỳ thi;kỳ công;kỳ nghỉ;kỳ vọng;kỳ cựu;lan can;lan truyền;lan rộng;linh tính
    linh đình;linh kiện;lâm nghiệp;lâm trường;lâm sàng;mạnh giỏi;mạnh tay;mạnh ai;mạnh miệng;nam giới;nam sinh;nam tính;nguyên chất
    nguyên quán;nguyên văn;nguyên vẹn;nguyên trạng;nguyên giá;nguyên lý;nguyên tố;như nguyện;nhật thực;phi công;phi nghĩa;phi pháp
    phi thường;phi lợi;phúc hậu;phúc đức;phương diện;phương ngữ;phương trình;quang hợp;quy luật;quy mô;quy cách;quy đổi;quy ước;quy tắc
    quy cho;quy chụp;quốc doanh;quốc lập;quốc lộ;quốc ngữ;quốc phòng;quốc gia;quốc sách;sĩ diện;sĩ quan;thanh danh;thanh khiết;thanh nhã
    thanh thế;thanh xuân;thanh khoản;thanh bình;thanh minh;thanh đạm;thao tác;thao túng;thiên chức;thiên hạ;thiên hướng;thiên lệch
    thiên tài;thiên thần;thiên về;thiên nhiên;thu hoạch;thu dụng;thu gom;thu xếp;thu ngắn;thu hẹp;thu nợ;thu thuế;thành danh;thành kiến
    thành kính;thành niên;thành quả;thành thục;thành tựu;thành đạt;thành ý;thành khẩn;thành ngữ;thành hình;thành văn;thái dương;thái cực
    thế giới;thế hệ;thế lực;thế mạnh;thế nhân;thế chấp;thế chỗ;thế nào;thế này;thế kia;thế mà;thế thì;thục mạng;tiến sĩ;tiến triển
    tiến trình;tiến thân;tiến công;tiến cử;trong lành;trong sáng;trong suốt;trung học;trung hậu;trung gian;trung lập;trung niên;trung tá
    trung tín;trung kiên;trung hòa;trung cấp;trung chuyển;trọng lượng;trọng tài;trọng điểm;trọng đại;trọng trách;trọng lực;tu dưỡng
    tu nghiệp;tu hành;tu bổ;tường thuật;tường rào;tường nhà;tấn công;tố cáo;tố chất;tố giác;tố tụng;vinh hạnh;vinh quang;vân vân
    văn bằng;văn học;văn kiện;văn phong;văn thơ;văn võ;văn sĩ;vĩnh cửu;ái quốc;đình chỉ;đình công;đình trệ;đăng đàn;đắc chí;đắc cử
    đắc ý;đắc tội;đức độ;đức hạnh;đức tin;xuân hè;xuân về;phạm nhân;phạm pháp;phạm trù;hoàng tộc;hoàng cung;vũ khúc;vũ đạo;vũ trang
    võ công;võ thuật;đào thải;đào ngũ;đào mỏ;dương vật;dương oai;tạ thế;tạm thời;tăng ca;tăng giá;tăng tốc;tăng số;tăng phí;tăng đột
    lưu hành;lưu giữ;lưu thông;lưu ban;lưu niệm;lưu vong;lưu kho;lưu bản;lưu tại;la liếm;la ó;đồng phục;đồng phạm;đồng hương;đồng vốn
    đồng chính;đồng sự;đồng hạng;hà cớ;hà tất;mai phục;mai táng;cao vọng;cao thế;cao cả;cao to;cao lớn;cao ngất;cao ráo;đinh tai
    lâm bệnh;lâm nạn;lâm nguy;thái thậm;lại nữa;lại còn;lại càng;lại thêm;lại bắt;lại đòi;lại hỏi;lại thành;lại ghi;lại thông;lại kế
    lại đi;lại mất;lại chi;lại cho;lại do;lại hồ;từ đầu;từ đó;từ trên;từ quý;từ thứ;từ thanh;từ sáng;từ sớm;từ xa;từ tỉnh;từ cấp;từ bi
    văn sách;văn tự;văn kỳ;thân thành;thân quen;thân nhân;vi tế;vi diệu;vi mô;vi rút;chu cấp;chu du;chu niên;mẫn tiệp;lạc lõng;lạc đề
    lạc mất;lạc đường;thạch sanh;thân phận;thân thích;tất thảy;tất niên;ứng phó;ứng viên;ứng tiền;ứng tuyển;tôn giáo;tôn sùng;tô vẽ
    tô điểm;đậu xe;đậu phộng;tống đạt;kim tự;kiều diễm;kha khá;khang kiện;vạn tuế;vạn bất;ông chủ;bà chủ;cô chủ;cậu chủ;chị chủ
    thi cử;thi thể;thi lại;thi tay;thi vị;bằng lòng;bằng cấp;bằng chứng;bằng khen;bằng hữu;bằng phẳng;tư liệu;tư pháp;tư thế;tư vị;tư duy
    quản lý;quản trị;chuyên tu;chuyên cơ;chuyên sâu;chuyên chú;chuyên tâm;chuyên chế;bình phẩm;bình chọn;bình ổn;bình quyền;bình xét
    bình nước;bình dân;bình đựng;an cư;an phận;an nhiên;an dân;an bài;minh mẫn;minh oan;ngọc trai;xuân xanh;nhân tài;nhân quyền;nhân cách
    nhân tạo;nhân tố;nhân vật;nhân chứng;nhân loại;nhân nghĩa;nhân rộng;nhân danh;nhân khẩu;nhân công;nhân viên;lợi nhuận;lợi thế;lợi tức
    mỹ thuật;mỹ phẩm;mỹ nghệ;khả thi;khả dĩ;khả quan;phong trào;phong tỏa;phong tục;phong kiến;phong độ;phong thư;vân tay;song ngữ
    song phương;song hành;sơn nước;sơn tường;trí tuệ;trí thức;trí nhớ;trí lực;tín hiệu;tín đồ;tín chấp;tài năng;tài nguyên;tài giỏi;tài trí
    tài đức;tài tình;tài chủ;lực bất;toàn quốc;toàn cảnh;toàn phần;toàn văn;toàn năng;hợp đồng;hợp thức;hợp nhất;hợp tình;hợp thời
    hữu ích;hữu hiệu;hữu hạn;hữu nghị;kế toán;kế hoạch;kế tiếp;khả năng;khai báo;khai thác;khai thuế;khai sinh;khang trang
    khánh thành;khánh tiết;khánh kiệt;khắc phục;khắc nghiệt;khắc khe;khiêm tốn;khiêm nhường;khoa học;khoan dung;khoan thai
    khởi tạo;khuyến khích;khuyến cáo;kiên nhẫn;kiên trì;kiên quyết;kiên định;kiên cố;kiều bào;kiều hối;kiểm soát;kiểm tra
    kiến nghị;kiến thức;kiến trúc;kim loại;kim chỉ;kinh doanh;kinh nghiệm;kinh phí;kinh tế;kính mong;kính trọng;kính gửi
    kính nhờ;kính thưa;kỳ thị;kỳ hạn;kỳ lạ;kỳ quặc;kỹ thuật;kỹ năng;kỹ càng;la mắng;la hét;la liệt;la làng;lạc hậu;lạc quan
    lại phải;lâm thời;lâm vào;lan tỏa;lan man;lãnh đạo;lãnh đạm;lăng mạ;lăng nhăng;lập trình;lễ phép;lễ tân;lễ tết;lê thê
    lê la;lệ phí;lệ thuộc;lịch sự;lịch làm;lịch trực;lịch hẹn;lịch thiệp;lịch sử;liên hệ;liên lạc;liên quan;liên tục
    liên thông;liên kết;liên tiếp;linh hoạt;linh động;linh tinh;lộ trình;long trọng;lo lắng;lợi ích;lợi dụng;luân chuyển
    luật pháp;lục đục;lục lọi;lực lượng;lưu trữ;lưu ý;lưu loát;lưu thông;lưu luyến;lương hưu;lương thiện;lương tâm
    lương bổng;lương thưởng;lương tháng;lương chậm;lý do;lý giải;lý lịch;lý tưởng;lý luận;lý thuyết;mai mốt;mai mối;mai sau
    mai này;mai kia;mai mỉa;mạnh dạn;mạnh mẽ;mã hóa;mã số;mã nguồn;mã vạch;mẫn cán;mẫn cảm;may mắn;minh bạch;minh chứng
    minh họa;minh mẫn;mỹ quan;mỹ mãn;nam nữ;năng lực;năng động;năng nổ;năng suất;nghi ngờ;nghi vấn;nghị định;nghị quyết
    nghiêm túc;nghiêm khắc;nghiêm minh;nghiêm chỉnh;nghiệp vụ;nghĩa vụ;nguyên tắc;nguyên nhân;nguyên tháng;nguyên bản
    nguyên liệu;nguyên cả;nguyên tuần;ngân hàng;ngân sách;ngân quỹ;ngân khố;ngọc ngà;nhã nhặn;nhân viên;nhân dân;nhân sự
    nhân ái;nhân tiện;nhân đạo;nhân văn;nhân hậu;nhân dịp;nhân lực;nhất định;nhất quán;nhất trí;nhật ký;nhiệt tình
    nhiệt huyết;nhiệt thành;nhiệm vụ;nhiệm kỳ;nhung lụa;như thế;như vậy;như ý;ninh thuận;nông dân;nông thôn;nông nghiệp
    nông sản;nông nổi;nữ nhân;ổn định;ông bà;phan nàn;phản hồi;pháp luật;pháp lý;pháp lệnh;phát hành;phát triển;phát sinh
    phát hiện;phát lương;phạm vi;phạm lỗi;phạm luật;phí công;phí phạm;phí dịch;phi lý;phiền hà;phong phú;phong cách
    phong thái;phong bì;phú quý;phù hợp;phúc lợi;phúc đáp;phúc tra;phúc khảo;phục vụ;phương án;phương pháp;phương tiện
    phương thức;phương châm;phùng má;phước lành;quan tâm;quan trọng;quan hệ;quan sát;quan điểm;quan liêu;quan chức;quan ngại
    quang cảnh;quang minh;quảng bá;quảng cáo;quân đội;quân nhân;quân sự;quê quán;quốc gia;quốc hội;quốc khánh;quốc tế
    quy định;quy trình;quy chế;quy hoạch;quyết định;quyết toán;quyết tâm;quyết liệt;quyền lợi;quyền hạn;quý khách;quý cơ
    quý giá;quý hóa;quý mến;quý vị;quý báu;quý này;quý trước;quý sau;quách tha;sang trọng;sáng sủa;sáng tạo;sáng kiến
    sáng suốt;sáng nay;sáng mai;sáng tối;sinh hoạt;sinh viên;sinh nhật;sinh sống;song song;sơn sửa;sơn phết;sơn lại
    sơ suất;sự cố;sự nghiệp;sự thật;tài chính;tài khoản;tài liệu;tài sản;tài trợ;tài vụ;tài xế;tạm ứng;tạ ơn;tạ lỗi;tạ từ
    tăng cường;tăng lương;tăng thu;tăng tiến;tăng thời;tăng trưởng;tâm huyết;tâm lý;tâm tư;tâm đắc;tâm tình;tân binh
    tân tiến;tận tâm;tận tình;tập trung;tất cả;tất bật;tất yếu;thái độ;thái quá;thái bình;thạch cao;thành công;thành lập
    thành phần;thành phố;thành thạo;thành thật;thành tích;thành viên;thành tâm;thành ra;thanh toán;thanh tra;thanh lịch
    thanh lý;thanh niên;thanh quyết;thanh thản;thanh cao;thanh liêm;thanh thoát;thảo luận;thắng lợi;thân thiện;thân tình
    thân thuộc;thân thương;thân mật;thân nhân;thân chủ;thân thiết;thi hành;thi đua;thi thoảng;thi công;thi tuyển;thiên tai
    thiên vị;thiên nhiên;thiện cảm;thiện chí;thiết bị;thiết kế;thiết thực;thiết lập;thịnh hành;thịnh vượng;thông báo
    thông cảm;thông tin;thông tư;thông suốt;thông thạo;thông thoáng;thông minh;thông qua;thông lệ;thông điệp;thống kê
    thống nhất;thơ ơ;thời gian;thời hạn;thu chi;thu phí;thu hồi;thu ngân;thu thập;thu hút;thu nhập;thủ công;thủ quỹ
    thủ trưởng;thủ tục;thủ kho;thuận lợi;thuận tiện;thuần thục;thư ký;thư điện;thư viện;thư giãn;thương lượng;thương mại
    thương binh;thương yêu;thương dân;thường xuyên;thường trực;thường lệ;thượng cấp;thực hiện;thực tế;thực sự;thực trạng
    tiên tiến;tiên phong;tiến bộ;tiến độ;tiến hành;tiền mặt;tiền lương;tiền bạc;tiếp đón;tiếp nhận;tiếp xúc;tiếp thu
    tiêu chuẩn;tiêu cực;tiêu chí;tiêu hao;tiểu mục;tiểu học;tin tưởng;tin học;tin nhắn;tín nhiệm;tín dụng;tinh thần
    tinh gọn;tinh ý;tinh thông;tinh tế;tình cảm;tình hình;tình trạng;tình huống;tính toán;tính chất;tổ chức;tôn trọng
    tôn ti;tôn tạo;tôn vinh;tôn nghiêm;tống tiền;tống khứ;toàn diện;toàn thể;toàn bộ;toàn tâm;trang bị;trang phục
    trang trọng;trang thiết;trang trí;trang web;trang nghiêm;trà nước;trà đá;trà thuốc;trình bày;trình độ;trình tự
    trình ký;trình duyệt;trình tỉnh;trọng thị;trọng dụng;trọng tâm;trung bình;trung tâm;trung thực;trung ương;trung hạn
    trung thành;trung tuần;truyền thông;trương mục;trương phình;trường hợp;trường học;trưởng phòng;trực tiếp;trực tuyến
    triệu đồng;triệu tập;triệu tiền;tu sửa;tuân thủ;tuấn tú;tuyên dương;tuyên truyền;tuyển dụng;tuyệt vời;tư cách;tư vấn
    tư nhân;tư tưởng;từ chối;từ khi;từ từ;từ tốn;từ ngày;từ lúc;từ năm;từ trung;từ nay;từ thiện;từ bi;tự tin;tự động
    tường tận;tường minh;tường trình;tương tác;tương đối;tươi cười;tươi tắn;tươi vui;ung dung;ung thư;uy tín;văn bản
    văn hóa;văn minh;văn phòng;văn thư;văn nghệ;văn vở;văn chương;vạn sự;vàng khè;vàng bạc;vất vả;vi phạm;vi tính;vi bằng
    vĩnh viễn;viên chức;viễn thông;việt nam;vinh dự;vinh danh;vụ việc;vui lòng;vui mừng;vui tính;vui vẻ;vũ trụ;vũ lực
    vũ khí;vũ phu;võ đoán;võ thuật;vô cùng;vương vấn;vướng mắc;xuân thu;xuất sắc;xuất trình;ý kiến;ý thức;ý thức;ý nghĩa
    yên tâm;yên ổn;yên tĩnh;yên lặng;yêu cầu;yêu thương;yêu mến;yếu kém;đỗ xe;đỗ lỗi;đỗ ngay;lê lết;trần nhà;trần thạch
    trần trụi;trần tình;trần ai;hoàng gia;dương tử;đặng có;bùi ngùi;ngô khoai;giang hồ;khổng lồ;lỗ hổng;la cà;mạc cả
    chế độ;chế tài;cam kết;cam đoan;cung cấp;cung cách;hạ tầng;hạ giọng;hầu hết;hầu như;hàn thiếc;kha khá;khúc mắc
    kim ngạch;liêu xiêu;long đong;lũng đoạn;ngân nga;nhiêu khê;nhan nhản;nhâm nhi;phó mặc;phó phòng;phù phiếm;sái cổ
    sử dụng;tào lao;tề chỉnh;tiêu tiền;tưởng tượng;tưởng đâu;ứng xử;ứng dụng;ứng trước;đan xen;điền mẫu;điền đơn;điền tờ
    điền thông;đổng loạt;thẩm định;thẩm tra;thẩm quyền;thẩm mỹ;trác táng;tẩn mẩn;lầu hai;lầu bầu;lưu động;lưu tâm;bạc đãi
    bạc tỷ;cà phê;cà kê;cà rịch;cứ thế;cứ như;hờ hững;già yếu;mua bán;mùa vụ;mùa cao;vàng da;chảo lửa;cầm tiền;cầm tay
    cầm hồ;bạch thoại;quan cách;thẳng thắn;hướng thiện;phương đông;hồng tâm;kiều nữ;thành thực;anh minh;chính danh
    chất lượng;chất vấn;tính minh;tính công;tính chính;tính hợp;việc trung;nhân tâm;tuyến tỉnh;tuyến trung;giới tính
    giới thiệu;quý nhân;hữu quan;phụ trách;phụ huynh;tuổi thọ;tuệ tĩnh;danh tiếng;chân quê;chân tay;thảo văn;soạn thảo
    soạn văn;ký số;ký duyệt;kiện toàn;thể hiện;thể thức;đầu tiên;ưu tiên;tối ưu;ý chí;tiêm chủng;quán triệt;tổng hợp
""")  # fmt: skip

#: Compounds in comments without diacritics, where more words look like names: 'le phi' is lệ phí, 'dang thi' đang thi.
FOLDED_COMPOUNDS = frozenset(fold(compound) for compound in COMPOUNDS) | frozenset(
    phrase.strip()
    for phrase in """
    anh huong;chi hang;ba thang;ba nam;co hoa;co gia;co the;co hieu;co nhu;co mang;co may;co loi;co nhan;co nhieu;co y
    di duong;chi don;chi tien;chi mua;chi luong;chi phi;chi nhanh;chi tam;chi hoat;chi dau;chi thanh;chi dinh;chi dao;chi thi
    chi so;chi duoc;chi can;chi co;chi mong;chi la;chi nhan;chi bang;chi trong;chi thu;chi tieu;chi trach;chi hoi;chi vi
    chi xin;chi mat;chi can;co ky;co quan;co so;co ban;co cau;co hoi;co dinh;co long;co tam;co trinh;co thong;co an;co tin
    co quy;co van;co trach;co thai;co the;co tinh;co dau;co chu;co bien;co anh;co em;co cho;co quyet;co mau;co ho;co nang
    thay an;thay tien;thay vui;thay hai;thay phien;thay doi;thay the;thay may;thay thong;thay ho;thay ngay;thay co;thay hieu
    thay bang;thay vi;thay minh;thay thai;thay tin;thay hoa;cu nhu;cu the;cu tiep;cu hen;cu dien;cu bao;cu thong;cu nham
    chu dong;chu tai;chu yeu;chu dao;chu truong;chu quan;chu trong;chu nhat;chu ky;chu y;chu tich;bac nha;bac cao
    ba ngay;ba tuan;ba lan;ba tieng;ba gio;ba noi;ba con;ba bo;ba muoi;ba tram;ba trieu;ba huyen;ba cap;ba ben;ba phong
    di lai;di hai;di nop;di xa;mo rong;mo tai;mo cua;cau hoi;cau tra;cau noi;duong truyen;duong day;duong xa;duong vao
    do thi;do van;ho van;ly do;le phi;le tan;le tet;dang thi;dang thuc;dang van;dang thanh;dang cho;dang ky;dang nhap;dang tai
    dang lam;dang tin;dang trong;dang hoan;dang o;tran ngap;tran lan;tran day;phan mem;phan hoi;phan nan;phan loai;phan anh
    phan thi;phan van;phan thanh;phan quyet;phan hoa;phan cong;phan cap;phan biet;phan lon;phan dau;phan vi;phan no;phan nhieu
    vu viec;vu an;vo cung;vo ly;vo tam;vo trach;vo tinh;vo ich;vo hieu;vo hinh;vo van;vo thoi;vo thuong;hoang mang;hoang phi
    ngo vao;ngo nghe;ngo nhan;bui bam;bui ban;dinh ky;dinh muc;dinh huong;dinh dang;dinh kem;dinh chinh;trinh do;trinh tu
    trinh bay;trinh ky;trinh duyet;ho so;ho tro;ho kinh;ho ngheo;ho dan;ho tich;ho khau;ho chieu;ho van;ho lam;ho noi;ho thanh
    mai moi;ha tang;ha giong;la do;la may;la thai;la nhan;la van;la tien;la cong;la hoan;la hop;dao tao;luong huu;luong thang
    luong tam;cao hon;cao cap;luu tru;luu y;luu thong;trieu dong;van ban;van phong;van thu;van hoa;van minh;van con;van chua
    van phai;van khong;van cho;van vui;van tot;van dung;van thanh;van hien;van tin;van dinh;van an;van hoan;van tien;van nhan
    van chuyen;van hanh;van de;van thuong;van bang;van duy;van tiep;van yen;van lam;van bi;thi hanh;thi dua;thi cong;thi truong
    thi phai;thi tran;thi xa;thi thu;thi lai;thi moi;thi hong;thi thanh;thi tra;thi nhan;thi tien;thi toan;thi may;thi bao
    thi thong;thi hay;thi an;thi duoc;thi hoan;thi vui;thi tot;thi khong;thi cham;thi ho;thi chi;thi dung;thi chu;thi ai
    so thi;do thi hoa;da thanh;da ky;da trinh;da hoan;lai thanh;lai hen;lai phai;lai tra;lai bao;lai hoi;lai thieu;lai di
    doan kiem;doan thanh;tang cuong;tang luong;tang them;tu van;tu choi;tu dong;tu khi;tu nam;tu thang;tu ngay;tu luc;tu thu
    thai do;thai qua;chau a;mau don;thanh vien;nong dan;nong thon;truong hop;truong hoc;truong mam;truong tieu;truong phong
    truong thpt;truong thcs;truong hung;ton trong;ton thoi;ton cong;ton kem;ton tien;kim loai;ninh binh;ma hoa;ma so;ma nguon
    ma van;ma hien;ma loi;ma thong;ma khach;khong the;giang day;quang cao;huynh de;doi tien;vuong mac;vuong vuong;dong y
    dong bo;dong thoi;dong nghiep;dong thuan;dong tien;dong tinh;dong hanh;dong luc;dong dao;dong khach;dong qua;dong bao
    an tam;an toan;an ninh;chieu nay;sang nay;sang mai;toi nay;nam nay;nam truoc;nam sau;nam hoc;mua he;thu tuc;thu quy;thu phi
    thu tien;thu hai;thu ba;thu tu;thu nam;thu sau;thu bay;thu vien;thu ky;thu moi;thu truong;thu ngan;thu nhap;thu chi
    huong dan;huong giai;hoi dap;hoi am;hoan thanh;hoan thien;hoan toan;hoa don;hoa nha;hoa dong;linh hoat;lien he;lien lac
    ba trang;ba to;ba ban;ba quay;ba chuyen;ba chang;ba hom;truc le;truc tet;truc dem;truc trua;truc san
    ba tien;anh sang;anh chup;anh the;anh xa;anh mau;em hieu;em hoa;em moi;em thay;em la;em o;em ten;em gai;em trai;em di
    con hoa;con tien;con thanh;con may;con nhieu;con thieu;con phai;con cho;con bao;con hay;con cham;con hoi;con duong
    ban be;ban hanh;ban thao;ban than;ban chi;ban quan;ban hang;ban an;ban hoa;ban giao;ban tin;ban thu;ban tiep
    bo tai;bo may;bo phan;bo thu;bo ho;bo sung;bo chung;be tac;a lo;c oi;thang truoc;thang nay;thang sau;thang hai;thang ba
    thang tu;thang nam;thang muoi;thang luong;thang thang;me met;chong cheo;chong an
    co mot;ba sau;co nguoi;chi nhung;chi ghi;chi noi;chi giai;chi huong;chi ho;chi lam;chi tra;co huong;co duoc;co phan
    ong noi;cau cuc;chu cong;chi can bo;bac thang;di chuyen;di den;mo hinh;mo ta;mo nhat;cu dan;cu moi;cu thay;cu ngoi
""".replace("\n", ";").split(";")
    if phrase.strip()
)  # fmt: skip
