"""Words that the simulation draws from: frequent Vietnamese names, roles, and comments to be filled in."""

SURNAMES = [
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ",
    "Ngô", "Dương", "Lý",
]  # fmt: skip
MIDDLE_NAMES = ["Văn", "Thị", "Đức", "Minh", "Thanh", "Ngọc", "Quang", "Thu", "Hữu", "Bích", "Xuân", "Kim"]
GIVEN_NAMES = [
    "An", "Bình", "Châu", "Dung", "Giang", "Hà", "Hạnh", "Hiếu", "Hùng", "Khánh", "Lan", "Linh", "Long", "Mai", "Nam",
    "Nga", "Oanh", "Phong", "Phương", "Quân", "Sơn", "Tâm", "Thảo", "Trang", "Tuấn", "Uyên", "Vinh", "Yến",
]  # fmt: skip
ROLES = ["giao dịch viên", "kế toán trưởng", "kiểm soát viên chi"]

COMMENTS: dict[str, list[str]] = {
    "complaint_online": [
        "Hệ thống dịch vụ công trực tuyến hay bị treo vào cuối tháng, phải gửi lại hồ sơ nhiều lần.",
        "Không ký số được trên máy mới, gọi hỗ trợ không ai nghe. Xin liên hệ {name}, {phone}.",
        "Tải file lên báo lỗi mà không rõ lý do.",
        "Trạng thái hồ sơ trên cổng không cập nhật, anh {given} phòng kế toán phải lên tận nơi hỏi.",
        "Đăng nhập bằng {email} không được, mong sửa sớm.",
    ],
    "complaint_disclosure": [
        "Thủ tục mới chưa được niêm yết tại quầy.",
        "Biểu mẫu trên trang web là bản cũ, phải làm lại hồ sơ.",
        "Không công khai thời gian giải quyết, hỏi chị {given} thì mỗi lần một khác.",
    ],
    "opinion_manner": [
        "Quy trình rõ ràng, xử lý nhanh.",
        "Chứng từ bị trả lại nhiều lần vì những lỗi nhỏ, nên ghi rõ một lần.",
        "Thời gian kiểm soát chi còn chậm vào dịp cuối năm.",
        "Đơn vị MST {tax} nộp hồ sơ từ thứ hai đến thứ sáu mới có kết quả.",
    ],
    "opinion_attitude": [
        "Cán bộ nhiệt tình, hướng dẫn chu đáo.",
        "Chị {given} ở quầy giao dịch rất vui vẻ, giải thích dễ hiểu.",
        "Thái độ của ông {name} chưa đúng mực, hay cáu gắt.",
        "Bình thường, không có gì phàn nàn.",
    ],
    "suggestion": [
        "Đề nghị nâng cấp hệ thống dịch vụ công trực tuyến cho nhanh hơn.",
        "Nên có tin nhắn báo khi hồ sơ được duyệt.",
        "Cần thêm chỗ ngồi chờ và chỗ để xe.",
        "Mong kho bạc tập huấn cho kế toán các trường mỗi năm một lần.",
        "Cho phép nộp hồ sơ bổ sung qua mạng. Liên hệ {name} {phone}.",
    ],
}
