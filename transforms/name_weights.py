"""Weights of the signs by which names without capitals are told: fitted by `bench/fit_name_weights.py`, not written by hand.

Each line is `weight: sign; sign ...`, or `weight kind: word; word ...` of the words in and around a name (its last and its
first, one or two before it and after it). What the signs are: `person_names.py`. A sign that is in no line weighs nothing.
"""

from __future__ import annotations

import re


def _by_sign(table: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for line in re.sub(r"\n {8}", " ", table).strip().split("\n"):
        head, _, signs = line.partition(":")
        weight, _, kind = head.strip().partition(" ")
        weights |= {f"{kind} {sign.strip()}".strip(): float(weight) for sign in signs.split(";")}
    return weights


#: For comments with diacritics.
WEIGHTS = _by_sign("""
    +3.5: 1 after title; 3 first surname
    +2: 1 after role; 1 after weak title; 2 before role; 2 first middle
    +1.5: 1 acts; 1 before role; 3 first minority; middle thị; title after meeting; title begins; title introduced
    +1: 1 after meeting; 1 followed; 2 acts; 2 after label; 2 after meeting; 2 called; 2 first strong; 2 last title; 3
        acts; 3 after label; 3 after role; 3 ends; title after word
    +0.5: 1 called; 1 ends; 2 after role; 2 after title; 2 after weak title; 2 begins; 2 ends; 2 first minority; 2 first
        surname; 3 after meeting; 3 before role; 3 first strong; 3 followed; middle sure; rank; title after cue
    -0.5: 1 after cue; 1 before word; 1 begins; 2 after cue; 2 before compound; 2 first follower; 2 first function; 2 last
        follower; 3 after cue; 3 after title; 3 after word; 3 before compound; 3 before word; 3 first follower; 3 first
        title; middle; surname thị
    -1: 1 introduced; 1 last follower; 1 last function; 1 last title; 2 before word; 2 first word; 2 last word; 3 after
        namelike word; 3 after weak title; 3 first function; 3 first word; 3 last follower; 3 last word; middle function;
        middle surname; place; title after name
    -1.5: 1 last word; 2 last function; 3 first unknown; 3 last function; 3 syllables; famous; kind of person; place
        first; word with title
    -2: 2 after namelike word; 2 first title; 2 word within; 3 after name; 3 word within; 4 syllables
    -2.5: 1 after word; 1 syllables; 2 first unknown; 3 before namelike word; middle given; word after; word before
    -3: 1 after namelike word; 1 before namelike word; 2 before name; 2 before namelike word; 2 syllables; middle unknown
    -3.5: 1 after name; 2 after name; 3 before name
    -4: 1 before name
    +1.5 after: cử; và
    +1 after: bữa; của; gồm; là; lâm; mỗi; trong tên
    +0.5 after: anh và; biết; bác; bảy; bộ; cho; cho anh; chuyên viên; cháu; chấm; chồng; cung cấp; cách; có; có anh; cũ;
        cấp; cấp cho; của thầy; danh; do; dành cho; em; ghi; ghi nhận; gia đình; già; già làng; giám đốc; giáo; gặp ông;
        hoa; hệ; hỏi anh; hồi; hộ; in; kiến; kiến của; kế toán; là anh; làng; lập; minh; mình là; mầm non; mẫu; nghi;
        nghiệp; nghị; nghị ông; nhiệm; nhà; nhân; nhân viêng; nhầm; nhờ; nhờ chị; non; này; nói; phó phòng; rừng; sinh;
        soát viên; sĩ; sơ của; sư; số; tay; thôn; thư; thấy; thủ quỹ; tiếp; to; toán; trưởng; tên; tên tôi; tôi; viên;
        việc; với; với cô; vợ chồng; vợ tôi; ông; đơn; đề; đề nghi; đề nghị; đồng chí; đồng nghiệp; đổi; ơi
    -0.5 after: a; biểu; bên; bùi; bạch; bảo vệ; bị; bị ghi; bố; c; cao; chào; chạy; con; cách xử; cạnh; cảm; cậu; cứ; em
        là; giá; giáo viên; gửi anh; hoàng; hè; hỏi chị; khuyến; kiểm soát; là bà; lưu; lương; lục; mà; ngô; nhân viên;
        nằm ở; phan; phí; phía; phạm; sao; sinh viên; thanh; thay; thcs; thị tố; thợ; tiếp dân; triệu; trên; trường;
        trường thcs; tuyên; tăng; viện; vỉa hè; xe; xin; xây dựng; xếp; đi; đoàn; đào; đánh giá; đúng là; đường; đội; ơn
        cô; ở
    -1 after: dương; lê; lại; mai; thị; trần; tạ; từ; võ; xuân; xử; đặng; đỗ
    -2 after: nguyễn
    +2 before: nói
    +1.5 before: và
    +1 before: ba; bên; cãi; cãi nhau; giảng; học; khoá; ký; làm; lúc; lúc nào; mỹ; nghe; nhưng; nhờ; quầy; sắp; trực;
        đổi; đứng; ơi; ở trạm
    +0.5 before: bám; bán; bước; bất; bằng; bị; bị trừ; bớt; chiều; chín; chúc; chưa nhập; chạy; chạy xe; chỉ; chỉ dẫn;
        chờ tiền; chứ; chứ không; con; có; có phải; cùng; của trường; cứ; cứu; duyệt; dài; dùng; dạy; dẫn; dặn; ghi nhầm;
        giải; giải thích; giữ; giữ xe; góp; góp ý; gõ; gọi; hai lần; hiện; hỏi; hứa; khoa; không rõ; kiểm; ký thay; lo;
        luôn; là; là biết; lái; lớp; mã; mỗi; mỗi người; mới; nay; nghỉ phép; ngồi; nha; nhà; nhà tôi; nhìu; nhận; nhắc;
        nhỏ; nuôi; nằm; nằm ở; nộp; nộp tiền; phát; phát hiện; phê; phê duyệt; phụ trách; qua; ra chữ; rồi; suốt; sử; sửa;
        thay; theo số; thì bị; thức; thực; to; tra; treo; trong khi; tránh; trường; trả; trồng; tuổi; tổ; tới; tới nay;
        viết; viết tay; vì đã; vượt; với; với vợ; vừa; xem; xin; xinh; xuống; yêu; yêu cầu; đi bộ; điểm; đàn; đâu; đã;
        đòi; đúng; được; được cấp; đọc; đổi sang; đứng tên; ở; ở quầy
    -0.5 before: anh; bàn; bá; bảo; bị cắt; bỏ; bộ; cho tôi; châu; chưa nhận; chương; chất; chậm; chỉnh; chục; chữ; công;
        cơ; cả; cấp; cẩn; dung; duy; duyên; dương; ghế; giang; giao; giùm; giấy; gây; hoàng; hoạt; hà; hương; hậu; hằng;
        hết; hồ; hồ sơ; hợp; kha; khánh; khó; không phải; kim; kiều; kiểm soát; kế; kế toán; lan; ly; lên; lượt; lại; lần;
        lịch; mai; minh; my; mà; mù; mưa; mời; nam; nga; nguyên; ngược; ngọc; ngồi quầy; nhanh; nhau; nhi; nhiều; nhung;
        nhầm; nhầm sang; ni; nào; này; nâng; nói chuyện; phong; phương; phải; phục; phục vụ; quyền; ra; ra sao; sa; sang;
        sau; sinh; sóc; sương; số; sở; thanh; thi; thiếu; thu; thuỷ; thái; thảo; thế; tin; tiên; trinh; trong buổi; trưa;
        tài; tác; tâm; tên; tính; tú; tư; tươi; tập mà; tối; vui; vy; vẽ; với ngân; yến; ánh; ô; ăn; đoàn; đào; đình;
        đăng; đấu; để; định; động; ở bàn
    -1 before: chi bị; của; giúp; hiền; kẹt; linh; liên; ngày; người; thị; trước; tôi; tập; văn
    -1.5 before: hoà; như; sáng; thương
    -2 before: chi
    +2 first: bảo
    +1.5 first: mỹ; xa; điểu
    +1 first: hoài; khánh; liêu; thanh; thiên; thu; thuỳ; thái; tường; đào; đỗ
    +0.5 first: bích; cam; chảo; cẩm; diễm; gia; huyền; hà; hứa; lam; lan; lưu; lộc; minh; mạnh; nghiêm; nguyễn; ngọc;
        nhật; phàn; quách; quốc; quỳnh; rơ; thiện; thành; thân; tiên; tiến; trúc; tuấn; tâm; tú; tư; tố; việt; vân; vương;
        đa; đoan; đăng; đặng; đức
    -0.5 first: an; bảng; bộ; chúc; dương; ghi; hiếu; hoa; hoàng; hùng; hồ; khang; kim; kiên; liên; long; lô; lý; lạc;
        lục; mong; mùa; mục; nguyên; ngân; nhiệm; nhã; nhận; nông; phí; phước; thuỷ; thư; thương; thạch; thất; thứ; tiền;
        trang; tri; trung; trà; trâm; trân; trí; trường; tân; từ; viết; văn; ý; đoàn; đèo; đề; đồng
    -1 first: danh; lại; mã; vì
    -1.5 first: thị
    -2.5 first: anh
    +1.5 last: hiền; hoà
    +1 last: bình; chi; dung; dương; giang; hiên; hiệp; hậu; hằng; linh; lâm; ngân; nhi; thu; thế; tuấn; tâm; tùng; tú;
        tươi; vân; én; đạt
    +0.5 last: bách; bính; bảy; chinh; chiến; cương; cảnh; diễm; doanh; duyên; dũng; giàu; gấm; hai; hiếu; hiển; hoạ; huy;
        huyền; hà; hài; hưng; hường; hạnh; hải; hảo; hợi; kha; khang; khoa; khuyên; khuê; khánh; liên; loan; long; luân;
        ly; lành; lĩnh; lượm; lộc; lợi; lụa; lực; my; mơ; mến; nam; nga; nghiêm; ngoan; nhung; nhuần; nhàn; nhã; như;
        nhạn; nông; năng; nụ; phong; phú; phẩm; quang; quyên; quân; sang; siêu; sáu; sơn; thao; thiện; thuận; thuỷ; thái;
        thìn; thía; thông; thơ; thương; thảo; thắng; thịnh; thọ; thục; toan; toản; trang; trinh; trâm; trân; tám; tân;
        tình; tĩnh; tư; tường; tả; tỷ; uyên; vinh; viễn; viện; vy; vĩ; vượng; xanh; yến; đính; đăng; đượm; định
    -0.5 last: ban; biển; bá; bích; bạch; bảng; bằng; ca; check; chín; chính; chúc; chấn; chứ; chữ; cũ; cơ; cẩm; danh;
        dẫn; foreign; ghi; gia; giảng; giấy; hiểu; hiện; hoan; hoàng; hoá; huỳnh; hướng; học; hội; hữu; khai; khác;
        khương; khỏi; kiếm; kiến; kiều; kính; kỳ; kỹ; lam; lý; lương; lạc; lầu; lập; lớp; lục; minh; mk; mãi; mộng; một;
        mỹ; nghiệm; nguyên; ngập; nhớ; nhựt; niên; năm; nằm; nữ; phan; phi; phàn; phép; phùng; phận; páo; quyết; quyền;
        quế; rơi; rằng; sinh; so; soạn; support; sương; sắp; thuý; thường; thể; tin; tiên; tiêu; triệu; trì; trịnh; trọng;
        tích; tăng; tưởng; tạ; tế; từ; uông; viết; võ; vượt; xác; ái; ánh; ý; đinh; điền; điểm; đua; đài; đàn; đá; đình;
        đường; đặng; đồng; đổi; độ
    -1 last: ba; chúng; dân; hồng; khoản; kim; kê; lê; mới; ngọc; nhận; phòng; sa; sao; sóc; thuỳ; thực; trai; trợ; tố;
        vuông; vũ
    -1.5 last: duyệt; ký; quốc; trường; trực; văn
    -2 last: unknown
    +1.5 one after: tên; với
    +1 one after: c; của; gồm; hay; lời; trưởng
    +0.5 one after: anh; bạn; chi; chí; chú; chấm; chị; còn; cậu; do; em; gặp; hôm; là; người; nhưng; nhận; nhờ; phòng;
        quỹ; sĩ; sếp; thì; thấy; thầy; viên; và; y
    -0.5 one after: bị; cho; con; có; dân; giải; mai; mà; quý; soát; thành; thị; trường; tố; tổng; văn; xử; ô; được; đội
    -1 one after: bảo; cụ; như
""")
#: For comments without.
FOLDED_WEIGHTS = _by_sign("""
    +3: 3 first surname
    +2.5: 1 after title
    +2: 1 after doubtful title; 1 after role; 2 before role; 2 first middle; doubtful title after meeting
    +1.5: 1 acts; 1 after weak title; 3 first strong; middle sure; title after meeting
    +1: 1 before role; 1 called; 2 acts; 2 after label; 2 after meeting; 2 after role; 3 after label; 3 before role; 3
        first minority; doubtful title begins; doubtful title introduced; surname thị; title begins; title introduced
    +0.5: 1 after meeting; 2 after doubtful title; 2 after title; 2 after weak title; 2 begins; 2 called; 2 ends; 2 first
        minority; 3 acts; 3 after meeting; 3 after role; 3 ends; doubtful title after doubtful title; doubtful title after
        weak title; title after cue; title after doubtful title; title after weak title; title after word
    -0.5: 1 before word; 1 begins; 1 followed; 1 last function; 1 last word; 1 sure; 2 first follower; 2 followed; 2
        introduced; 2 last follower; 2 last word; 2 pure; 2 sure; 3 after cue; 3 after doubtful title; 3 after weak title;
        3 first middle; 3 first word; 3 followed; 3 introduced; 3 last title; doubtful title after name; doubtful title
        after namelike word; doubtful title after word; famous; kind of person; middle; rank; title after name; title
        after title
    -1: 1 after cue; 1 last follower; 2 after cue; 2 after word; 2 before word; 2 first function; 2 first word; 2 word
        within; 3 after namelike word; 3 before word; 3 first follower; 3 first unknown; 3 last follower; 3 last function;
        3 word within; doubtful title after role; middle function; place first
    -1.5: 1 introduced; 1 last title; 1 unsure; 2 first unknown; 2 last function; 3 after name; 3 after word; 3 first
        function; 3 first title; 3 sure; 3 syllables; middle surname; word before; word with title
    -2: 1 after word; 1 before namelike word; 1 syllables; 2 after namelike word; 2 before name; 2 before namelike word; 2
        first title; 2 unsure; 3 before name; 3 unsure; 4 syllables; word after
    -2.5: 1 before name; 2 after name; 2 syllables; 3 before namelike word
    -3: 1 after name; 1 after namelike word; middle given
    -3.5: middle unknown
    +2 after: va
    +1.5 after: bao gio; cua; gio; hom qua; la; nha; voi co
    +1 after: chau; cho; danh; ghi; gom; ho; hoc vien; la anh; loi toi; nho; nho ban; nho chi; oi; rung; soat vien; ten;
        thon; thu quy; truong hop; viec; voi
    +0.5 after: anh; ba; ba nguoi; bac; be; bi thu; biet; bieu duong; bo ten; bua; ca; cach; cam ban; cam on; cao; cap
        cho; cham; chi; chi cua; cho anh; cho chi; cho co; chong; chu quan; chu tich; chuyen vien; co; co anh; co ban; co
        chi; co giao; co hai; co moi; co phai; con ba; con gai; con trai; cu; cu bao; cua anh; cua chi; cua co; cua em;
        cua nha; cua thay; cua tho; cung cap; da goi; dan; danh cho; de nghi; de xuat; dinh; do; do co; doc; dong chi;
        dong nghiep; du cho; dung co; duoc anh; duoc co; em; gai; gap; gap a; gap co; gap duoc; ghi nhan; ghi thanh; gia
        dinh; gia lang; gioi; giua; goi; hai co; hai nguoi; hanh; hien; hieu truong; ho ba; ho ong; hoac; hoan nghenh; hoi
        chi; hoi co; hoi sang; hoi tham; hop; huong; huu tri; in; in san; ke toan; kho; khong hien; khong ro; khuyen nong;
        kich; kiem tra; kieu; ky cua; la ba; la chi; la lam; la luc; lai co; lai doi; lai ghi; lan chi; lang; lap; liet
        si; lop truong; luong in; ma anh; ma chu; ma co; mang ten; minh chi; minh la; moi khi; nam ngoai; nay di; nay do;
        nghe co; nghi co; nghi cu; nghi doi; nghi khen; nghiep; ngoai; ngoi; nha thau; nha van; nhac; nham; nhan; nhan
        vieng; nhan voi; nhiem; nho anh; nho co; no; noi chi; nong; nong dan; nop cho; nv; on; ong; out to; phai; phai
        doi; phai la; pho phong; ra thi; ro; san; sang; sang chi; sao co; sau anh; sau co; si; so cu; tan tay; tay; thanh;
        thau; thay; thay anh; thay chi; thay co; thay mat; theo; theo loi; thi cho; thi co; thu cua; thu doan; thu huong;
        thu kho; thu truong; tiep; tieu hoc; to; to cao; to truong; toan; toi nho; toi toi; trach la; trai; trong ten;
        truc tiep; trung; truong ban; truong thon; tu dien; tu hom; tu ngay; tuyen duong; ua; ui; va chau; va chi; viec
        cua; vien; vo chong; vo toi; voi cach; voi chi; voi ong; xa la; xin gap; xin hoi; xuat
    -0.5 after: a; ai; bang; bang chu; bao; bao co; bao ve; ben; bi; bi ghi; bien ban; bien chi; bieu; bui; c; ca ba; can
        gap; canh; cau; chay; che; chi co; chi em; chu; chua; chua co; cong an; cong cua; cua duong; cung; cung thay; da
        chi; da giup; dang; danh gia; dao; di tu; dia chi; dich; do cua; dung la; dung ten; duoc chi; em co; giang a; giao
        dich; giao vien; giay; giup; gui anh; gui loi; ha; hang a; hat; ho so; ho thi; hoan; hoang; hom do; hop dong;
        huynh; khoan la; khong; kiem soat; la ong; lai; lai ba; lam chi; lam viec; lanh dao; loi; luong cua; ma; ma ban;
        mai; may; may anh; may co; may cu; moi co; moi thay; mot; muc; nay cua; nen; nen co; neu co; nghe; ngoc; nguoi;
        nguy; nguyen ba; nguyen chi; nguyen thi; nha toi; nhan vien; nhu co; nhung; nop; o; ong ba; pham; pham anh; phi;
        phu trach; phuc; phuong; sau; so chi; so ghi; thcs; thi anh; thi chi; thpt; thuong chi; tien; tiep dan; toi chi;
        toi co; toi la; toi nghe; toi thay; tran thi; tren; tren pho; trieu; trong; tru; truong; truong thcs; truong thpt;
        tuyen; van la; vi; viec co; viec ong; vuong; xin bieu; yeu cau
    -1 after: con; di; duong; gui ong; khong co; le; mong co; phan; quy co; tran; vu; xin; xu
    -1.5 after: kho bac; nguyen anh; phan anh; vo
    -2 after: cam; nguyen; thi
    +1.5 before: con lam; dan mang; doc; hen; oi; va
    +1 before: ban; ben; bi; chay xe; che; cho muon; con; cung; da; day; de hoi; di bo; dua; dung ten; gac; giai; go; hai
        lan; hat; hoac; hoc; hua; khong co; lan chi; luc nao; ma minh; neu; ngoi; nhac; nho; nhung; nhuong; noi; phat
        hien; sap; soi; thi anh; thi dan; thi xong; truc; tu y; voi; vua
    +0.5 before: anh hung; bam; ban nuoc; bang chu; bao cho; bao nghi; bao ve; bat; bay; bi ghi; bi tru; biet; boc; bot;
        buoc; cai; cai nhau; can than; chay; check; chi cach; chi dan; chi minh; chin; chiu; cho ngoi; cho so; cho toi;
        cho tu; chua duoc; chua nhap; chuyen; chuyen cong; co buoi; co hai; con toi; cu bat; cua chung; cua phong; cua so;
        cua truong; cung co; cuu; da tim; dai qua; dam; dan; dang buc; dau; dau roi; de; de nghi; dem; den tung; deo; deu;
        di; di cho; di noi; di tu; dich; do loi; doi; dong dau; dung; dung lop; dung ra; duoc; duoc cap; duoc den; duoc
        ho; duoc nhan; duoc tro; duyet; gach; ganh; gay; ghi; ghi nham; gia roi; giai thich; giam; giang; giao vien; gioi;
        giu; giu xe; giup dan; goi; goi toi; gui; gui don; gui lai; gui nham; hang xom; hay; hien thanh; hieu truong; hoai
        khong; hoc lop; hoi; hoi tien; hom thu; huon; huon dan; huong dan; keo; khac nhau; khoa; khoi; khong noi; khong
        ranh; ky; ky nham; ky thay; la; la ba; la biet; la cong; la lam; la may; la nguoi; lai bao; lam; lam chung; lam
        dau; lam giay; lam hieu; lam viec; len; linh dong; lo; loi; lop; luon; ma ai; ma toi; mac; map; mo cua; moi; moi
        biet; moi mo; moi nguoi; moi ra; moi vao; mot bo; mot loi; muon; nam o; nay la; nay ve; nen nho; ngam; nghi; nghi
        phep; nghi thai; nha toi; nhac han; nhan cho; nhan tien; nhe; nhiet; nhieu; nhiu; nho hoi; nho nhe; nho toi; noi
        chuyen; noi khac; noi khong; noi tieng; nop; nop tien; nuoi; o bo; o phong; o tram; phai tra; phat; phe; phe
        duyet; phoi; phoi hop; phong ke; phu trach; quat; quay; ra chu; ra tan; ra thi; ranh; sai; sai mot; sap nghi;
        soat; sua lai; support; tam muoi; tap vu; thang nao; thay; thay mat; theo so; thi bao; thi bi; thi chi; thi co;
        thi hoi; thi khoi; thi khong; thi len; thieu; thu phi; thu tien; thua; thuoc; thuong xuyen; tich; tien bo; to
        chuc; toi di; toi nay; tot bung; tra; tra loi; tranh; tren; tren bang; treo; trinh bay; trong khi; trung; trung
        ten; truoc mua; truong toi; truyen; tu nam; tu ngay; tu van; van chua; van nhan; van phong; vao; vao danh; vao
        kho; vao so; ve; ve huu; ve lam; ve ma; vi; vi cai; vi da; vi hom; vi noi; vi thai; viet; viet tay; xem; xin; xin
        loi; xinh; xuong; yeu cau
    -0.5 before: au; ba con; ban giay; ban tru; bi hoan; bi thu; bi tinh; binh; bo; ca; cam; cam xe; can bo; cap; cau; chi
        bi; chi da; chien; chinh; cho cu; cho gui; cho nguoi; chon; chon hinh; chua thay; co; co dau; con thieu; cua; cung
        duoc; cung khong; cung nhan; cuong; da co; da doc; da o; da phat; dan mot; dang; dao; di hoc; dien thoai; do;
        doan; doi chieu; doi thoai; don; dong; dung chung; dung lam; duoc khong; duong; duy; em; gap; giao; giao dich;
        giay; giup; goi lai; gon; han; han thi; hanh; hau; hay bi; het; hien; hieu; ho so; hoang; hoat; hoat dong; hoc
        sinh; hoi ve; hon; hop; huu; ke; ke toan; ket; ket xe; kha; khanh; kho; kho bac; khong dau; khong phai; kiem soat;
        kien nhan; kieu; kim; la co; la khong; la xong; lam lai; lan; lay so; lech; lich; loan; loc; ly; ma khong; mat;
        minh; mo; moi noi; mot chu; mui; nao; nen; nga; ngan; ngan hang; ngay; nghi huu; nguoi; nguyet; nhan da; nhan
        duoc; nhan la; nhu; nhung tra; ni; nong; nu; nuoc; o lai; o vuong; phan; phep; phong cho; phu; phu cap; phuc; phuc
        vu; phuong; quan; quay dong; quy; quyen; rat; re; roi; sa; sach; sang; sang hom; sau; sua; sua may; tai; tai
        khoan; tam; tap; tat; thai; tham; tham dinh; than; thanh; thao; the; thi cho; thi dua; thi kim; thi my; thi ngoc;
        thi sa; thi thanh; thong; thong tu; thu; thu nam; thuan; thuy; tien cong; tien tren; tin; tin nhan; tinh; to; to
        giay; toi; toi bao; toi nop; tram; trang; trinh; tru; trua; truc may; truong; truong le; tu lam; tu vi; tuyet;
        uyen; va phuong; van kien; van tac; van thang; vu; vy; xe; xom; xuyen; y te
    -1 before: a; an; anh; chu; dinh; duyen; giau; ho; hong; huong; le; lien bi; linh; nghiem; ngoc; nguyen; nhi; quang;
        tan; ten; thi; thuong; tien; van; viec; y; yen
    -1.5 before: ha; lien; so
    -2 before: hoa; toan
    +1.5 first: a; hoai; my; phan; thai; vo
    +1 first: bao; cao; do; doan; duc; ha; kator; lam; le; lieu; lo; mai; ngo; ngoc; quoc; tao; than; thanh; thao; thien;
        thu; thuy; ton; truc; uong; xa
    +0.5 first: ai; alang; bach; be; bich; cat; chau; chu; cung; dao; diep; du; ho; hong; hua; huong; huu; huyen; khanh;
        khuu; lau; loc; luc; ly; minh; nghiem; nguy; nhat; nhu; nong; pham; phuc; quan; quang; quynh; ro; si; son; tang;
        thach; tham; thuc; tieu; trong; tu; tuan; tuong; tuyet; ung; uyen; van; vang; vien; viet; vong
    -0.5 first: bac; ban; bat; bi; bien; boi; bon; buu; can; chang; chi; chuc; cong; cuong; da; dan; dang; dau; deo; diem;
        dien; doi; don; dung; duong; giang; giao; gio; hang; hoan; hoi; hung; huy; kha; khac; khai; khoi; ky; lac; lan;
        loi; long; lu; manh; mau; may; me; mua; muc; nam; nghi; nguyet; nha; nhan; phong; phuoc; quy; sai; sinh; so; soc;
        su; sua; tan; tat; thieu; thinh; thoai; tra; tram; tung; uy; vu; y
    -1 first: anh; ba; bang; cam; hai; lai; ma; mong; mot; ngan; thang; tho; trang; vi; xong
    -1.5 first: ca; co; la; on; ong; thi
    +2 last: ha
    +1.5 last: hao; ngoan; tham; tinh; toan
    +1 last: an; chat; chien; chinh; duom; en; hanh; hau; hien; hiep; hoa; huong; huy; kha; linh; loan; lua; luc; luom;
        luot; man; nhan; nhi; phat; quyen; ranh; rot; thao; thien; thin; thip; thoang; thu; thuc; thuong; trinh
    +0.5 last: anh; au; bay; be; binh; bong; bung; canh; chai; chau; chi; cong; cuc; cuong; dam; dat; diem; diep; doa;
        doan; doanh; dua; duyen; foreign; gam; giang; giap; giau; gioi; hang; hieu; hoach; hue; hung; huyen; khai; khang;
        khe; khoa; khue; kiet; lam; lanh; le; lich; lien; luat; luyen; mao; mui; mung; na; net; ngan; nghia; nghiem; ngon;
        nguyet; nhai; nhien; nhung; nhuong; nhut; ninh; nong; nu; oanh; pao; phai; phan; phay; phin; phoi; phong; phu;
        quang; sang; sieu; soai; son; su; sung; tai; tan; thai; than; thanh; thia; thiep; thinh; thoa; thoan; thoi; thong;
        thuan; thy; tia; tiep; toai; tri; trien; tu; tuoi; tuyen; ty; un; uoc; uyen; van; vang; vien; vinh; vui; vy; xanh;
        xoan; xung
    -0.5 last: ai; ba; ban; bang; bat; boi; cai; can; cay; che; cho; chung; chuyen; co; coi; com; con; cu; cuu; dai; dao;
        dau; di; dien; diu; do; don; dot; duy; duyet; follow; gao; ghe; gia; he; hinh; hoac; huynh; ib; ke; khoe; khoi;
        kiem; lai; lang; lap; lau; lieu; lo; luong; mau; may; moc; moi; nam; nan; ngap; ngo; ngu; nhac; nham; nhat; nhieu;
        nhu; no; nuoi; phep; phi; pho; quat; que; rang; sap; sinh; soc; som; suot; sy; ta; tang; te; thap; that; thau;
        them; thiet; tho; tien; tieu; ton; tra; tro; trung; truyen; tung; tuy; ve; vi; vo; vong; xac; xom; xuong; yeu
    -1 last: ben; bich; buoi; ca; cam; dan; dang; dieu; doi; ghi; giay; gio; hai; hoai; hoang; hoc; hong; khoan; kieu; ky;
        lac; lop; minh; mong; muon; ngai; ngoc; ngoi; nho; sa; sao; sua; tay; thang; thi; tiet; to; tong; trai; unknown;
        vuong; y
    -1.5 last: da; kim; lan; loi; mot; nguyen; on; quoc; so; thieu; tran; xa
    +2 one after: c
    +1.5 one after: bac; chi; gom; sep; ten; va; voi
    +1 one after: a; anh; cau; hay; loi; ong; uy; vien
    +0.5 one after: ba; bat; cham; chu; co; cua; doc; doi; em; hoi; hom; la; may; me; nho; nhung; o; phong; si; su; thang;
        thay; tich; truong; y
    -0.5 one after: an; ban; bao; be; bi; bo; cam; chau; cho; chong; dc; de; dich; duoc; duong; ky; lang; ma; mo; moi;
        nhu; on; qua; thanh; thi; to; toi; tu; ve; vo; xin; xu
    -1 one after: di
    -1.5 one after: con; cu
""")
