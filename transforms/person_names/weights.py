"""Weights of the signs by which names without capitals are told: fitted by `bench/fit_name_weights.py`, not written by hand.

Each line is `weight: sign; sign ...`, or `weight kind: word; word ...` of the words in and around a name (its last and its
first, one or two before it and after it). What the signs are: `signs.py`. A sign that is in no line weighs nothing.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Weights(NamedTuple):
    """What each sign weighs in a row of 1, 2, or 3 and more syllables, and what each word, by where it stands."""

    signs: dict[int, dict[str, float]]
    words: dict[str, dict[str, float]]
    most_of_words: float


def _read(table: str) -> Weights:
    by_kind: dict[str, dict[str, float]] = {"": {}, "last": {}, "first": {}, "one after": {}, "after": {}, "before": {}}
    for line in re.sub(r"\n {8}", " ", table).strip().split("\n"):
        head, _, signs = line.partition(":")
        weight, _, kind = head.strip().partition(" ")
        by_kind[kind] |= dict.fromkeys(map(str.strip, signs.split(";")), float(weight))
    signs_of_rows = by_kind.pop("")
    most = {kind: max(words.values()) for kind, words in by_kind.items()}
    most_of_words = most["last"] + max(most["first"], most["one after"]) + 2 * (most["after"] + most["before"])
    return Weights({n: _of_size(signs_of_rows, n) for n in (1, 2, 3)}, by_kind, most_of_words)


def _of_size(signs: dict[str, float], n: int) -> dict[str, float]:
    return {sign.removeprefix(f"{n} "): weight for sign, weight in signs.items()}


#: For comments with diacritics.
WEIGHTS = _read("""
    +3.5: 1 after title; 3 first surname
    +2: 1 after role; 1 after weak title; 2 before role; 2 first middle
    +1.5: 1 acts; 1 before role; middle thị; title after meeting; title begins; title introduced
    +1: 1 after meeting; 2 acts; 2 after label; 2 after meeting; 2 called; 2 first strong; 2 last title; 3 acts; 3 after
        label; 3 after role; 3 ends; 3 first minority; title after word
    +0.5: 1 called; 1 ends; 1 followed; 2 after role; 2 after title; 2 after weak title; 2 begins; 2 ends; 2 first
        minority; 2 first surname; 2 followed; 3 after meeting; 3 before role; 3 first strong; 3 followed; middle sure;
        rank
    -0.5: 1 after cue; 1 before word; 1 begins; 2 before compound; 2 first follower; 2 first function; 2 last follower; 3
        after cue; 3 after title; 3 after word; 3 before compound; 3 before word; 3 first follower; 3 first function; 3
        first title; 3 last title; last foreign; middle; surname thị
    -1: 1 introduced; 1 last follower; 1 last function; 1 last word; 2 after cue; 2 before word; 2 first word; 2 last
        word; 3 after namelike word; 3 after weak title; 3 first word; 3 last follower; 3 last word; middle function;
        middle surname; place; place first; title after name
    -1.5: 1 last title; 2 last function; 3 first unknown; 3 last function; 3 syllables; famous; word with title
    -2: 2 after namelike word; 2 first title; 2 word within; 3 before namelike word; 3 word within; 4 syllables; last
        unknown; word after
    -2.5: 1 after word; 1 syllables; 2 before namelike word; 2 first unknown; 3 after name; middle given; word before
    -3: 1 after namelike word; 1 before namelike word; 2 before name; 2 syllables; middle unknown
    -3.5: 1 after name; 3 before name
    -4: 1 before name; 2 after name
    +1.5 after: cử; và
    +1 after: bữa; cho; của; gồm; là; lâm; mỗi; sáng; trong tên
    +0.5 after: bà; bác; bạc; bạn; bảy; bộ; cho anh; chuyên viên; cháu; chấm; chồng; cung cấp; cách; cám ơn; có; cũ; cấp;
        cấp cho; của thầy; danh; do; dành cho; em; ghi; ghi nhận; già; già làng; giám đốc; giáo; gặp; hoa; hệ; học; hỏi
        anh; hộ; in; kho bạc; không thấy; kiến; kiến của; kế toán; là anh; làng; lập; minh; mình là; mẫu; nghi; nghiệp;
        nghị; nghị ông; nhiệm; nhà; nhân; nhân viêng; nhầm; nhắn; nhờ; nhờ chị; này; nêu gương; nói; rừng; sinh; soát
        viên; sĩ; sư; số; tay; thư; thấy; thủ quỹ; tiếp; to; toán; trước; trưởng; tên; tên tôi; tôi; tặng; tế; viên; việc;
        với; với cô; vợ chồng; vợ tôi; đơn; đề; đề nghi; đề nghị; đồng chí; đồng nghiệp; đổi
    -0.5 after: a; biểu; bên; bùi; bạch; bảo vệ; bị; bố; c; cao; chạy; con; cách xử; cạnh; cảm; cầu; cậu; của bà; cứ;
        dựng; em là; giá; giáo viên; gửi anh; hoàng; hát; hè; hỏi; khuyến; lưu; lương; lại; lục; mong cô; mà; mà chị; nay;
        nghe; ngô; phan; phí; phía; phùng; phạm; sao; sếp; thay; thạch; thị tố; thợ; tiếp dân; triệu; trên; trạm khuyến;
        tuyên; tôi là; tăng; viện; võ; vỉa hè; xe; xin; xin hỏi; xây dựng; xếp; âu; đoàn; đào; đánh giá; đội; ơn cô; ở
    -1 after: dương; hỏi chị; kiểm soát; là bà; lê; mai; thị; trần; tạ; từ; xuân; xử; đặng; đỗ
    -2 after: nguyễn
    +1.5 before: nói; và
    +1 before: ba; cãi; cãi nhau; duyệt; giảng; học; khoá; làm; lúc; lúc nào; mỹ; nghe; ngồi; nhưng; nhờ; quầy; sắp; trực;
        với; xin; đọc; đổi; ơi; ở trạm
    +0.5 before: bàn giao; bán; bên; bước; bấm; bất; bắt; bị; bị trừ; bớt; chiều; chín; chúc; chưa; chưa nhận; chạy xe;
        chỉ; chỉ dẫn; chờ; chứ; chứ không; con; còn; có; có phải; cùng; của trường; cứ; cứu; dài; dùng; dạy; dẫn; dặn;
        dệt; ghi nhầm; giải; giải thích; giỏi; giữ; giữ xe; góp; góp ý; gõ; gọi; hai lần; hiện; hát; hôm; hôm qua; hẹn;
        hỏi; hứa; khoa; không rõ; không được; kiểm; ký; kể; lo; luôn; là biết; lái; lớp; mã; mỗi; mỗi người; nay; nha;
        nhà; nhà tôi; nhìu; nhận; nhận tiền; nhắc; nhỏ; nuôi; nằm; nằm ở; nộp tiền; phát; phát hiện; phê; phê duyệt; phụ
        trách; qua; quát; ra chữ; rồi; suốt; sử; sửa; sữa; thay; theo số; thu phí; thuộc; thì bị; thức; to; tra; treo;
        trong khi; truyền; tránh; trường; trả; trồng; tuổi; tư vấn; tổ; tới; tới nay; viết; viết tay; vì đã; vượt; với vợ;
        vừa; xem; xinh; xuống; đi bộ; điểm; đàn; đâu; đã; đòi; đúng; được; được cấp; đổi sang; đứng; đứng tên; ở; ở quầy
    -0.5 before: a; anh; bàn; bá; bảo; bị cắt; bỏ; cho tôi; châu; chưa thấy; chất; chậm; chỉ có; chỉnh; chục; chữ; công;
        cơ; cơ quan; cả; cấp; cẩn; duy; duyên; dương; ghế; giang; giao; giao dịch; giùm; giấy; gây; hà; hậu; hằng; hết;
        họp; hồ; hồ sơ; hỗ trợ; hợp; kha; khánh; không phải; kim; kiểm soát; kẹt xe; kế; kế toán; lan; ly; lên; lũ; lượt;
        lại; lần; lịch; mai; minh; my; mà; mù; mơ; mưa; mời; nam; nga; nguyên; nguyệt; ngân; người; ngược; ngọc; ngồi
        quầy; nhau; nhung; nhầm sang; ni; nào; nâng; nói chuyện; phong; phòng; phục; phục vụ; quá trời; quân; ra sao; sau;
        sóc; sương; sở; thanh; thi; thiếu; thu; thuỷ; thái; thảo; thế; thủ; tin; tiên; trinh; trong; trong buổi; trưa;
        tài; tâm; tên; tính; tôi; tú; tươi; tối; từng; vui; vy; vào; vân; vẽ; xíu; yến; ánh; ô; ăn; ăn ý; đi làm; đoàn;
        đào; đêm; đình; đông; đăng; đường; đấu; để; định; động
    -1 before: chi bị; của; giúp; hiền; hương; kẹt; linh; liên; ngày; nhi; nhầm; phương; quyền; ra; sa; sang; số; thương;
        thị; trước; tư; văn
    -1.5 before: hoà; như; sáng
    -2.5 before: chi
    +2 first: bảo
    +1.5 first: ksor; mỹ; thanh; thu; xa; điểu
    +1 first: hoài; khánh; liêu; minh; thiên; thuỳ; thái; tuấn; tường; đào; đỗ
    +0.5 first: bích; cam; cao; chu; chảo; diễm; diệu; dư; gia; huyền; hà; hải; hứa; lan; lưu; lộc; mạnh; nghiêm; ngô;
        ngọc; nhật; phàn; quách; quốc; quỳnh; rơ; thành; tiên; tiến; trúc; tâm; tư; việt; vân; vương; đa; đoan; đăng; đạo;
        đặng; đức
    -0.5 first: an; bàn; bảng; bộ; chúc; dương; ghi; giáp; hiếu; hoa; hoà; hoàng; hùng; hương; hồ; khang; kim; kiên; liên;
        long; lý; lạc; lục; mong; mùa; mục; nguyên; ngân; nhiệm; nhận; ninh; phước; quý; siêu; thuỷ; thư; thương; thạch;
        thất; thứ; tiền; trang; trung; trà; trâm; trân; trí; trường; viết; vy; văn; ý; đoàn; đèo; đề
    -1 first: danh; lại; mã; vì
    -1.5 first: thị
    -2.5 first: anh
    +1.5 last: hoà
    +1 last: bình; chi; dung; dương; giang; hiền; huy; hậu; hằng; khánh; linh; loan; lâm; ngân; nhi; thu; thái; thế;
        trinh; tài; tùng; tú; tư; tươi; tường; vân; én; đăng; đạt
    +0.5 last: bách; bính; bảo; bảy; bửu; chinh; chiến; cương; cường; cảnh; diễm; doanh; dũng; giàu; gấm; hiên; hiếu;
        hiển; hiệp; hoạ; huyền; hà; hài; hưng; hường; hạnh; hảo; hợi; hợp; kha; khang; khoa; khuyên; khuê; liên; long;
        luân; ly; lành; lượm; lộc; lợi; lụa; lực; my; mơ; mến; nam; nga; nghiêm; nhung; nhuần; nhã; như; nhạn; năng; nới;
        nụ; phong; phú; phẩm; quang; quyên; quân; sang; siêu; sáu; sơn; thao; thiện; thuận; thuỷ; thìn; thía; thơ; thương;
        thạch; thảo; thắng; thịnh; thọ; thục; toan; toàn; toản; trang; trâm; trân; tuấn; tám; tâm; tân; tình; tính; tĩnh;
        tỷ; uyên; vinh; viễn; viện; vy; vĩ; vượng; vạn; xanh; yến; điệp; đính; đương; đượm; định
    -0.5 last: biển; bá; bạch; bảng; ca; che; chính; chúc; chấn; chứ; chữ; cũ; cơ; cầu; cẩm; danh; dư; dưỡng; dẫn; ghi;
        gia; giảng; giấy; giỏi; gác; hiểu; hiện; hoa; hoan; hoàng; hoá; huỳnh; hướng; học; hội; hữu; khai; khác; khỏi;
        kiếm; kiến; kiều; kính; kỳ; kỹ; lam; lan; lãnh; lý; lương; lạc; lầu; lập; lớp; lục; lử; minh; mk; mãi; mạnh; mộng;
        một; mỹ; nghiệm; nghiệp; nguyên; nhìu; nhựt; niên; nuôi; nữ; phan; phi; phép; phận; páo; quyết; quyền; quý; quế;
        rơi; rằng; sinh; sương; sắp; sớm; thuý; thuỳ; thường; thực; tiên; tiêu; triều; trái; trì; trịnh; trọng; trụ; tích;
        tăng; tưởng; tạ; tế; từ; viết; võ; vũ; vượt; xác; ái; ánh; ý; đinh; điền; điểm; đài; đàn; đá; đình; đường; đặng;
        đồng; đổi; độ
    -1 last: ba; ban; bé; bích; bằng; chúng; hồng; khoản; kim; kê; kế; lê; mới; ngọc; nhận; năm; phùng; sao; sóc; triệu;
        trợ; tố; vuông; văn
    -1.5 last: duyệt; dân; ký; phòng; quốc; sa; trường
    -2 last: trực
    +1.5 one after: tên; với
    +1 one after: c; của; hay; lời; thầy; trưởng; viên; và
    +0.5 one after: bác; bạn; chi; chí; chú; chấm; chị; còn; cậu; do; em; giáo; gặp; hôm; người; nhưng; nhận; nhờ; phòng;
        quỹ; sĩ; sếp; thì; thấy; y; ánh
    -0.5 one after: bị; cho; con; có; cụ; dân; giải; góp; gọi; mai; mà; như; quý; sao; thành; thị; trường; tố; tổng; văn;
        xử; ô; được
    -1 one after: bảo
""")
#: For comments without.
FOLDED_WEIGHTS = _read("""
    +3: 3 first surname
    +2.5: 1 after title
    +2: 1 after doubtful title; 2 before role; 2 first middle; doubtful title after meeting
    +1.5: 1 acts; 1 after role; 1 after weak title; 3 first strong; middle sure; title after meeting; title begins
    +1: 1 after meeting; 1 before role; 2 acts; 2 after label; 2 after meeting; 2 after role; 3 after label; 3 before
        role; 3 first minority; doubtful title begins; doubtful title introduced; surname thị; title introduced
    +0.5: 1 called; 2 after doubtful title; 2 after title; 2 after weak title; 2 called; 2 first minority; 3 acts; 3 after
        meeting; 3 after role; 3 ends; 3 followed by person's; doubtful title after weak title; last foreign; title after
        cue; title after doubtful title; title after word
    -0.5: 1 before word; 1 begins; 1 last function; 1 last word; 1 sure; 2 before compound; 2 first follower; 2 followed;
        2 introduced; 2 last word; 2 pure; 2 sure; 3 after doubtful title; 3 first follower; 3 first middle; 3 first word;
        3 followed; 3 introduced; 3 last title; doubtful title after name; doubtful title after namelike word; doubtful
        title after title; doubtful title after word; famous; kind of person; middle; place first; rank; title after title
    -1: 1 after cue; 1 last follower; 2 after cue; 2 after word; 2 before word; 2 first function; 2 first word; 2 last
        follower; 2 last function; 3 after namelike word; 3 after weak title; 3 before word; 3 first unknown; 3 last
        follower; doubtful title after role; last unknown
    -1.5: 1 introduced; 1 last title; 1 unsure; 2 first unknown; 2 word within; 3 after name; 3 after word; 3 first
        function; 3 first title; 3 last function; 3 sure; 3 syllables; 3 word within; middle function; middle surname;
        word before; word with title
    -2: 1 after word; 1 before namelike word; 1 syllables; 2 after namelike word; 2 before name; 2 before namelike word; 2
        first title; 2 unsure; 3 before name; 3 unsure; 4 syllables; word after
    -2.5: 1 before name; 2 after name; 2 syllables; 3 before namelike word; middle given
    -3: 1 after name; 1 after namelike word
    -3.5: middle unknown
    +2 after: cua; va
    +1.5 after: bao gio; cho; hom qua; la; nha; so cho; viec; voi; voi co
    +1 after: bieu duong; cap doi; chau; chi; co ban; danh; ghi; gio; gom; ho; hoc vien; hoi sang; la anh; lang; loi toi;
        neu guong; nhac nho; nhan vieng; nho; nho chi; oi; rung; sang; soat vien; ten; thu quy; truong hop; xin hoi
    +0.5 after: anh; ba; ba nguoi; ban; ban la; be; bi anh; bi thu; biet; bo ten; bua; ca; cach; cam on; cao; cap cho;
        cham; cho anh; cho chi; cho co; chong; chu quan; chu tich; chuyen vien; co; co anh; co chi; co co; co giao; co
        hai; co moi; co phai; con ba; con gai; con trai; cong ty; cu; cu bao; cua anh; cua chi; cua co; cua nha; cua thay;
        cua tho; cung cap; da gap; da goi; danh cho; de nghi; de xuat; do; do co; doc; dong chi; dong nghiep; du cho; dung
        co; duoc anh; duoc co; duoc ong; em; em cho; gai; gap; gap a; gap anh; gap co; gap duoc; ghi nhan; ghi thanh; gia
        cao; gia dinh; gia lang; gioi; goi; hai anh; hai ban; hai co; hai nguoi; hanh; hien; hieu truong; ho ba; ho ong;
        hoac; hoan nghenh; hoc; hoi chi; hoi co; hom truoc; hop; huu tri; in; in san; ke toan; kho; khoan; khong hien;
        khong ra; khong ro; khuyen nong; kich; kiem tra; kieu; ky cua; la ba; la chi; la lam; la luc; lai co; lai doi; lai
        ghi; lan chi; lan gap; lap; liet si; lop truong; luong in; ma anh; ma chu; ma co; mang ten; minh la; moi khi; nam
        lien; nam ngoai; nay di; nay do; neu chi; nghe co; nghi co; nghi cu; nghi doi; nghi khen; nghiep; ngoai; ngoi; nha
        van; nhac; nham; nhan; nhan voi; nhiem; nho anh; nho ban; nho co; no; noi chi; nong; nong dan; nop cho; nv; on; on
        anh; ong; out to; phai; phai doi; phai la; pho phong; ra thi; ro; san; sang chi; sao co; sau anh; sau co; si; so
        cu; su; tan tay; tay; thanh; thay; thay anh; thay chi; thay co; thay mat; theo; theo loi; thi cho; thi co; thon;
        thu cua; thu doan; thu huong; thu kho; thu truong; tiep; tieu hoc; to; to cao; to truong; toan; toi nho; toi toi;
        trach la; trai; trong ten; truc tiep; trung; truoc; truong ban; truong thon; tu dien; tu hom; tu luc; tu ngay; ty;
        ua; ui; va chau; va chi; ve viec; viec cua; vien; vo chong; vo toi; voi cach; voi chi; voi ong; xa la; xin gap;
        xuat
    -0.5 after: a; ad; ai; anh ban; bac chi; bang; bang chu; bao; bao chi; bao co; bao ve; ben; bi; bi ghi; bien ban; bien
        chi; bieu; bui; c; ca ba; can gap; canh; cau; chay; che; chi co; chi em; chu; chua; chua co; chuc co; cong an;
        cong cua; cua duong; cung; cung thay; da; da chi; da giup; dai; dang; danh gia; dao; den; di tu; dia chi; dich; do
        cua; doan thi; duc anh; dung ten; duoc chi; duong; em co; giang a; giao dich; giao vien; giay; giup; gui anh; gui
        loi; ha; hang a; hat; ho so; ho thi; hoan; hoang; hom do; hop dong; huynh; khoan la; khong; khong ba; kiem soat;
        la ong; lai; lai ba; lam chi; lam viec; lanh dao; loi; luong cua; ly; ma; ma ban; mai; mam non; may; may anh; may
        ban; may chi; may co; may cu; moi co; moi thay; mot; muc; nay cua; nen; nen co; neu co; ngo; ngoc; nguoi; nguoi
        ban; nguoi nhan; nguy; nguyen thi; nha toi; nhan vien; nhu co; nhung; non; nop; o; ong ba; pham anh; phi; phong;
        phu; phu trach; phuc; sau; so chi; so ghi; thi anh; thi chi; thu chi; thu tu; thuong chi; tien; tiep dan; toi chi;
        toi co; toi gap; toi la; toi nghe; toi thay; tran thi; tren; tren pho; trieu; trong; tru; tuyen; van la; vi; viec
        co; vui ve; vuong; xin bieu; xin chi; xin loi; xuan; yeu cau
    -1 after: con; di; gui ong; khong co; le; mong co; nghe; pham; phan; quy co; ten vo; tran; vu; xin; xu
    -1.5 after: kho bac; nguyen anh; phan anh; vo
    -2 after: cam; nguyen; thi
    +2 before: va
    +1.5 before: con lam; dan mang; doc; doi ca; hen; hom qua; oi
    +1 before: bam; ban; bao du; bi; cai; che; cho muon; con; cung; da; day; de hoi; dua; dung ten; duoc; duyet; gac; gac
        cong; giai; giang; go; goi; hoac; hoc; hom; hua; huong dan; khong co; la may; lan chi; luc nao; ma minh; neu;
        nghi; ngoi; nhac; nho; nhung; noi; o bo; phat hien; quay; rat nhieu; sap; soi; support; thay nhau; thi anh; thi
        dan; thi xong; truc; tu y; vi da; voi; vua
    +0.5 before: anh hung; ban nuoc; bang chu; bao cho; bao nghi; bao thieu; bat; bay; ben; bi ghi; bi tru; biet; bo phan;
        boc; bot; buoc; cai nhau; can than; chay xe; check; chi cach; chi dan; chi minh; chin; chiu; cho so; cho tien; cho
        toi; cho tu; chua duoc; chua nhan; chua nhap; chuyen; chuyen cong; co bon; co buoi; co hai; cu bat; cua chung; cua
        phong; cua so; cua truong; cung co; cuu; da tim; dai qua; dam; dan; dang buc; dau; dau roi; de; dem; den tung;
        deo; det; deu; di; di bo; di cho; di noi; di tu; dich; dieu; diu; do loi; doi; dong dau; dung; dung lop; dung ra;
        duoc cap; duoc den; duoc ho; duoc nhan; duoc tang; duoc tro; gach; ganh; ghe; ghi; ghi nham; gia roi; giai thich;
        giam; gian; giao vien; gioi; gioi nghiep; giu; giu xe; giup dan; goi toi; gui; gui don; gui giay; gui lai; gui
        nham; hai lan; hang xom; hat; hay; hien thanh; hieu truong; hoai khong; hoc lop; hoi; hoi tien; huon; huon dan;
        keo; keu; khac nhau; khoa; khoi; khong noi; khong ranh; kien nghi; ky; ky nham; ky thay; ky thieu; la; la ba; la
        biet; la cong; la lam; la nguoi; lai bao; lam; lam chung; lam dau; lam giay; lam hieu; lam thay; lam viec; linh
        dong; lo; loi; lop; luon; ma ai; ma xong; mac; map; mo cua; moi; moi biet; moi mo; moi nguoi; moi ra; moi vao; mot
        bo; mot loi; muon; nam o; nay la; nay ve; nen nho; ngam; nghi phep; nghi viec; ngoi canh; nguoi cham; nha toi;
        nhac han; nhan cho; nhan hoc; nhan thay; nhan tien; nhe; nhiet; nhieu; nhiu; nho hoi; nho nhe; nho toi; nhuong;
        noi chuyen; noi duoc; noi khac; noi khong; nop; nop tien; nuoi; o phong; o sanh; o tram; phai tra; phat; phe; phe
        duyet; phoi; phoi hop; phong ke; phu trach; quai; quat; ra chu; ra tan; ra thi; ranh; rat de; rep; ru; sai; sai
        mot; sap nghi; soat; sua lai; thang nao; thay; thay mat; theo so; thi bao; thi bi; thi chi; thi co; thi hoi; thi
        khoi; thi khong; thi len; thi phai; thieu; thu phi; thu tien; thua; thuoc; thuong xuyen; tich; tien bo; to chuc;
        toi di; toi nay; tot bung; tra; tra ket; tra loi; tranh; tren; tren bang; treo; trinh bay; trong khi; truc dem;
        trung; trung ten; truoc mua; truong toi; truyen; tu choi; tu nam; tu ngay; tu sua; tu van; tuy; van chua; van
        nhan; van phong; vao; vao danh; vao kho; vao so; ve huu; ve lam; ve ma; vi; vi cai; vi hom; vi noi; vi thai; viet;
        viet tay; vua nghe; xem; xep; xin; xin loi; xinh; xu ly; xuong; yeu cau
    -0.5 before: au; ba con; ban giay; ban tru; bi thu; bi tinh; binh; bo; ca; cam; cam xe; can bo; cap; cau; chau; chi;
        chi bi; chi da; chi nghi; chi thuong; chi vui; chien; chinh; cho cu; cho gui; cho nguoi; choi; chon; chon hinh;
        chua thay; co; co camera; co dau; co quan; con thieu; cong; cong an; cua; cung duoc; cung khong; cung nhan; cuong;
        da co; da doc; da phat; dan mot; dang; dao; dat; den; di hoc; dien thoai; doan; doi chieu; doi thoai; don; dong;
        dung chung; duoc khong; duong; duy; em; gap; giao; giao dich; giay; giup; goi lai; gon; hai; han; han thi; hanh;
        hau; he; he thong; het; hien; hieu; ho so; hoang; hoat; hoat dong; hoc sinh; hoi ve; hon; hop; huu; ke; ket; ket
        xe; kha; khanh; kho; kho bac; khong dau; khong phai; kien nhan; kieu; kim; ky tu; la co; la khong; la xong; lam
        cong; lam lai; lan; lech; lich; linh ky; loan; loc; luot; ly; ma khong; mat; minh; mo; moi noi; mot chu; mui; nao;
        nen; nga; ngan; ngan hang; ngay; nghi huu; nghiem; nguoi; nguyet; nhan da; nhan duoc; nhan la; nhu; nhung tra; ni;
        nong; nu; nuoc; o lai; o quay; o vuong; phan; phep; phi; phong cho; phu; phu cap; phuc; phuc vu; phuong huong;
        quan; quay dong; quy; quyen; re; roi; sa; sach; sang; sang hom; sau; sua; sua may; tam; tat; thai; tham; tham
        dinh; thanh; thao; the; thi cho; thi dua; thi kim; thi my; thi ngoc; thi sa; thi thanh; thoa; thong; thong tu; thu
        da; thu nam; thuan; thuong; thuy; tien cong; tien tren; tin; tin nhan; tinh; to giay; toi; toi bao; toi nop; tram;
        trang; trinh; trua; truc may; truong; truong le; tu; tuan; tuyen; tuyet; va phuong; van kien; van tac; vao nghe;
        vu; vy; xe; xom; xuyen; y te
    -1 before: a; an; anh; ban phim; dinh; duyen; giau; ho; hong; huong; ke toan; kiem soat; le; lien bi; linh; ngoc;
        nguyen; nhi; phuong; quang; tai; tan; ten; thi; thu; tien; tu chua; van; viec; y; yen
    -1.5 before: chu; ha; lien; so
    -2 before: hoa; toan
    +1.5 first: a; ha; hoai; ksor; phan; thanh; vo; xa
    +1 first: bao; cao; do; doan; duc; hong; huu; kator; khanh; le; lieu; lo; ly; mai; my; ngo; ngoc; quoc; tao; thai;
        than; thao; thien; thu; thuc; thuy; ton; truc; tuan; uong; vang
    +0.5 first: ai; alang; au; bach; be; bich; cat; chau; cheo; chu; cung; danh; dao; diep; du; ho; hua; huyen; khuu; lam;
        lau; luc; minh; neang; nghiem; nguy; nhat; nhu; nong; pham; phi; phuc; phung; quan; quang; quynh; ro; si; sung;
        ta; thach; tieu; trong; tu; tuong; tuyet; ung; uyen; viet; vong
    -0.5 first: an; bac; bat; bi; bien; bon; buu; can; chang; chuc; cong; cuong; da; dang; dau; deo; dien; doi; don; dung;
        duong; giang; giao; gio; hai; hang; hoa; hoan; hoi; hung; khac; khai; khau; khoi; ky; lac; lan; loi; long; lu;
        luan; man; manh; mau; may; me; mua; muc; nam; nghe; nghi; nguyet; nha; nhan; phong; phuoc; quy; sai; so; soc;
        song; su; sua; tan; tat; te; thieu; thinh; thuong; tra; tram; trung; tung; uy; vinh; vu; y
    -1 first: anh; ba; ban; bang; boi; cam; chi; dan; lai; ma; mong; mot; ngan; sinh; thang; tho; trang; vi; xong
    -1.5 first: ca; co; la; on; ong; thi
    +2 last: ha
    +1.5 last: hao; lua; tham; tinh; toan
    +1 last: an; chat; chi; chien; duom; en; gam; hanh; hau; hien; hiep; hoa; huong; huy; kha; khe; linh; loan; luc; luom;
        luot; man; ngoan; nhan; nhi; nhoi; phat; quyen; tai; thao; thien; thip; thoang; thu; thuc; thuong; trinh; tu
    +0.5 last: anh; au; bay; binh; bong; bung; canh; chai; chau; chin; chinh; cong; cuc; cuong; dam; dat; diem; diep;
        dinh; doa; doan; doanh; dong; dua; giang; giap; giau; hang; hieu; hoach; hop; hue; hung; huyen; khai; khang; khoa;
        khue; kiet; lam; lanh; le; lich; liem; lien; loc; luat; luyen; mao; men; mo; mui; mung; na; net; ngan; nghia;
        nghiem; ngon; nguyet; nhai; nhien; nhung; ninh; nu; oanh; pao; phai; phan; phay; phin; phoi; phong; phu; phuoc;
        quang; ranh; rot; sac; sang; sieu; soai; su; sung; tan; thai; than; thanh; thia; thin; thinh; thoa; thoi; thong;
        thuan; thy; tia; tiep; tri; trien; truc; tuoi; tuyen; un; uoc; uyen; van; vang; vien; vinh; vui; vy; xanh; xoan;
        xung; yen
    -0.5 last: ai; ba; bach; ban; bang; bat; boi; buoc; cai; can; cay; che; cho; chung; chuyen; com; cu; cuoc; cuu; dai;
        dang; danh; dao; dau; di; dien; do; don; dot; dung; duyen; duyet; follow; gao; ghe; gia; he; hinh; hoang; hong;
        huan; huynh; ib; ke; khoe; khoi; kiem; lai; lang; lap; lau; lieu; lo; long; lop; luong; ly; mau; may; moc; moi;
        mua; nan; ngo; ngu; nhac; nham; nhat; nhieu; nuoi; phep; phi; pho; phung; quat; que; rang; sam; sap; sinh; som;
        suot; sy; ta; tang; te; thap; that; thau; them; thiet; tho; thoai; tien; tieu; ton; tra; trai; trang; tro; trung;
        truyen; tung; tuy; ve; vi; vo; vong; xac; xom; xuong; yeu
    -1 last: bich; buoi; ca; cam; co; con; dan; dieu; doi; ghi; giay; gio; hai; hoai; hoc; khoan; kieu; ky; lac; minh;
        mong; muon; nam; ngai; ngoc; ngoi; nguyen; nho; sa; sao; sua; tay; thang; thi; tiet; to; tong; vuong; y
    -1.5 last: ben; da; kim; lan; loi; mot; on; quoc; so; thieu; tran; xa
    +2 one after: c; va
    +1.5 one after: bac; chi; gom; sep; voi
    +1 one after: a; cau; hay; loi; ong; ten; uy; vien
    +0.5 one after: anh; ba; bat; cham; chu; co; cua; doc; doi; em; hoi; hom; la; may; me; nho; nhung; o; phong; si; su;
        thang; thay; tich; truong; y
    -0.5 one after: an; ban; bang; bao; be; bi; bo; cam; chau; cho; chong; dc; de; dich; duoc; duong; ky; lang; ma; mo;
        moi; nguyen; nhu; qua; thanh; thi; to; toi; tu; ve; vi; vo; xin; xu
    -1 one after: cu; di
    -1.5 one after: con
""")
